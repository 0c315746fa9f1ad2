/** Languages with few writers have whole texts only. `topic` lets a story leave some out. */
import type { TopicId } from '../types.ts';

export interface WholeTexts {
  pleased: readonly { topic: TopicId; text: string }[];
  displeased: readonly { topic: TopicId; text: string }[];
}

export const japanese: WholeTexts = {
  pleased: [
    {
      topic: 'coach',
      text: 'コーチの質問がとても的確で、{自分の考えが整理できました|気持ちが楽になりました}。',
    },
    { topic: 'method', text: 'GROWの流れがわかりやすく、{会議でも|部下との面談でも}使っています。' },
    { topic: 'mobile', text: '通勤中にスマホだけで{振り返り|セッション}ができるのが助かります。' },
    {
      topic: 'design',
      text: '画面がすっきりしていて使いやすいです。{ありがとうございます。|これからも使います。|}',
    },
    { topic: 'actions', text: '毎回、次にやることが一つ決まるので{続けられます|前に進めます}。' },
    {
      topic: 'goals',
      text: '目標を一文で書くのが難しかったですが、{おかげで|そのおかげで}本当にやりたいことが見えました。',
    },
  ],
  displeased: [
    {
      topic: 'performance',
      text: 'ページの読み込みが{遅すぎます|とても遅いです}。{毎回30秒くらい待ちます。|改善をお願いします。}',
    },
    {
      topic: 'language',
      text: 'メニューの{半分|一部}が英語のままです。{日本語にしてほしいです。|翻訳も少し不自然です。}',
    },
    { topic: 'calendar', text: '<cal>と同期されないので、{予定が重なってしまいます|手で入力しています}。' },
    { topic: 'ai', text: 'AIの返事が{一般的すぎて|どれも似ていて}、あまり参考になりませんでした。' },
    {
      topic: 'login',
      text: '途中で{何度も|また}ログアウトされました。書いた内容が消えて{困っています|残念です}。',
    },
    { topic: 'billing', text: '料金が{少し高い|高すぎる}と思います。月10ドルなら{払います|考えます}。' },
  ],
};

export const polish: WholeTexts = {
  pleased: [
    {
      topic: 'coach',
      text: '{Świetna rozmowa|Bardzo dobra sesja}. <coach> zadaje pytania, {których sam bym sobie nie zadał|które naprawdę dają do myślenia}.',
    },
    {
      topic: 'method',
      text: 'Cztery kroki i {od razu wiem, co robić|w głowie robi się porządek}. {Polecam.|Super.}',
    },
    {
      topic: 'mobile',
      text: 'Wszystko robię w telefonie, {w drodze do pracy|w tramwaju}, i działa {bez zarzutu|świetnie}.',
    },
    { topic: 'design', text: 'Prosto i przejrzyście, {nic nie rozprasza|dokładnie tak, jak lubię}.' },
    { topic: 'sessions', text: '{Pół godziny|30 minut} to idealna długość, mieści się w przerwie.' },
  ],
  displeased: [
    {
      topic: 'performance',
      text: 'Strona {ładuje się wieki|wczytuje się pół minuty}{, szczególnie rano|}. {Szkoda czasu.|Proszę to poprawić.}',
    },
    {
      topic: 'language',
      text: 'Połowa menu jest {nadal|wciąż} po angielsku, {a tłumaczenie momentami śmieszne|trudno się połapać}.',
    },
    {
      topic: 'calendar',
      text: 'Brakuje synchronizacji z <cal>, {wszystko wpisuję ręcznie|ciągle mam podwójne spotkania}.',
    },
    { topic: 'billing', text: '25 dolarów miesięcznie to {za dużo|sporo} jak na jedną sesję w tygodniu.' },
    {
      topic: 'ai',
      text: 'AI {powtarza moje własne słowa|zapomina, o czym mówiliśmy}. {Prawdziwy coach by dopytał.|Trochę szkoda.}',
    },
    {
      topic: 'sync',
      text: 'Notatki z telefonu {nie pojawiają się|pojawiają się po godzinie} na komputerze.',
    },
  ],
};
