import type { LanguagePack } from './pack.ts';

export const portuguese: LanguagePack = {
  topics: [
    {
      id: 'performance',
      bad: [
        'as páginas demoram {uma eternidade|vinte segundos|meio minuto} para abrir',
        'o app fica {muito lento|travando} {de manhã|no wifi do escritório}',
        'passo metade da sessão esperando carregar',
      ],
      good: ['tudo abre {na hora|em um segundo}{, até no 4G|}', 'está rápido e não trava mais'],
      want: ['Podiam fazer uma versão mais leve para internet ruim'],
    },
    {
      id: 'notifications',
      bad: [
        'o lembrete chega {depois da sessão|uma hora atrasado}',
        'recebo o mesmo lembrete {três|quatro} vezes',
        'não consigo desligar as notificações de jeito nenhum',
      ],
      good: [
        'os lembretes {finalmente|agora} chegam na hora certa',
        'poder escolher o horário do lembrete {ficou ótimo|era o que faltava}',
      ],
      want: ['Queria escolher o horário dos lembretes'],
    },
    {
      id: 'calendar',
      bad: [
        'as sessões não aparecem no <cal>',
        'a integração com o <cal> cai {toda semana|toda vez que remarco}',
        'já fiquei com dois compromissos no mesmo horário por causa disso',
      ],
      good: ['a sessão aparece no <cal> na mesma hora', 'remarcar leva dez segundos'],
      want: ['Falta integrar com o <cal>, eu pagaria por isso'],
    },
    {
      id: 'coach',
      bad: [
        '<coach> chegou {dez|quinze} minutos depois e não tinha lido minhas anotações',
        'já troquei de coach três vezes em dois meses',
      ],
      good: [
        '<coach> escuta {de verdade|como ninguém}',
        'uma única pergunta de <coach> mudou minha semana',
        'sempre saio da conversa com <coach> com um plano',
      ],
      want: ['Gostaria de escolher com quem faço as sessões'],
    },
    {
      id: 'ai',
      bad: [
        'a IA só repete o que eu acabei de dizer',
        'as respostas da IA são {genéricas demais|vazias}',
        'a IA esquece minha meta de uma sessão para outra',
      ],
      good: [
        'as perguntas da IA são {surpreendentemente boas|melhores do que eu esperava}',
        'adoro poder refletir às onze da noite sem incomodar ninguém',
      ],
      want: ['Seria bom se a IA lembrasse do que conversamos'],
    },
    {
      id: 'goals',
      bad: [
        'sou obrigado a colocar prazo em metas que não têm prazo',
        'a etapa da realidade é {longa demais|cansativa}',
      ],
      good: [
        'pela primeira vez tenho uma meta clara',
        'as quatro etapas me ajudam a {organizar as ideias|sair do lugar}',
      ],
      want: ['Queria dividir uma meta grande em passos menores'],
    },
    {
      id: 'billing',
      bad: [
        '25 dólares por mês é {caro demais|pesado} para uma sessão por semana',
        'fomos cobrados duas vezes no mesmo mês',
      ],
      good: ['o preço é justo pelo que oferece'],
      want: ['Tem desconto para equipes pequenas?'],
    },
    {
      id: 'login',
      bad: ['o sistema me desloga {toda hora|no meio da sessão}', 'o código de acesso chega quando já expirou'],
      good: ['entrar com <sso> funciona de primeira'],
      want: ['Deixem a gente continuar logado no próprio celular'],
    },
    {
      id: 'mobile',
      bad: ['no celular o teclado cobre a caixa de texto', 'falta metade das funções no app do celular'],
      good: ['faço tudo pelo celular, {no ônibus|a caminho do trabalho}, e funciona muito bem'],
      want: ['Quando vamos poder ver os relatórios no celular?'],
    },
    {
      id: 'actions',
      bad: ['minhas ações somem depois que a sessão termina', 'ninguém cobra o que eu prometi na última sessão'],
      good: [
        'sempre termino com dois passos concretos, e faço os dois',
        'marcar uma ação como feita é a melhor parte da minha sexta',
      ],
      want: ['Quero ver todas as ações abertas em uma lista só'],
    },
  ],
  contrasts: ['#g, mas #b', '#g. Só que #b', '#b, uma pena, porque #g', 'no geral gosto, mas #b'],
  pairs: ['#1. Além disso, #2', '#1 e ainda por cima #2', '#1. #2', '- #1\n- #2'],
  openers: {
    pleased: ['sinceramente,', 'depois de dois meses:', 'parabéns:', 'olha,'],
    displeased: ['desculpa, mas', 'oi,', 'uma pena:', 'de novo:', 'olha,'],
  },
  asides: {
    pleased: ['Recomendo para todo mundo', 'Continuem assim', 'Eu não esperava', 'Valeu muito a pena'],
    displeased: [
      'Assim fica difícil',
      'Meus colegas reclamam da mesma coisa',
      'Se continuar assim vamos cancelar',
      'Perco um tempo enorme com isso',
    ],
  },
  signOffs: ['Obrigada!', 'Obrigado!', 'Abraço, <me>', 'Valeu'],
  shorts: {
    pleased: ['ótimo', 'perfeito', 'tudo certo', 'muito bom', 'adorei', '👍'],
    neutral: ['nada', 'mais ou menos', 'ok', 'sem comentários', 'nenhuma'],
    displeased: ['muito lento', 'ruim', 'não gostei', 'decepcionante', 'confuso', '👎'],
  },
};
