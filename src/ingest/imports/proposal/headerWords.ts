/** Words in names of columns, in English, German, French, Spanish and Portuguese, by what the column holds. */
const WORDS = {
  personal:
    /e-?mail|\b(first|last|full|contact|reviewer|user) ?name|^name$|username|phone|telefon|téléphone|teléfono|telefone|\bip[ _]?(address|adresse)?\b|ipaddress|latitude|longitude|vorname|nachname|prénom|^nom\b|^nombre|apellido|^nome\b|sobrenome|(?<!web ?)address|adresse|dirección|endereço|recipient/,
  id: /^(#|id|_id|uuid|token)$|^(response|submission|review|ticket|answer|record|rating)[ _-]?id$|^responseid$|^_recordid$|^(antwort|bewertungs)-?id$|^id (de )?(la )?(réponse|respuesta)$|^id da resposta$|^antwort-nr/,
  userId:
    /^(user|customer|contact|client|visitor|respondent|requester|member|benutzer|nutzer|kunden)[ _-]?(id|nr|nummer|number)\.?$|^userid$|^id (de )?(l')?(utilisateur|client)$|^id (del? )?(usuario|cliente)$|^id do (usuário|cliente)$|^externalreference$/,
  orgId:
    /^(org|organi[sz]ation|account|company|workspace|tenant)[ _-]?(id|name)?$|^(firma|unternehmen|mandant|entreprise|société|empresa|organização|organización|cuenta|conta)$/,
  sessionId: /^(session|sitzungs|sesión|sessão)[ _-]?id$/,
  time: /time|date|timestamp|created|submitted|completed|recorded|datum|zeit|erstellt|eingereicht|abgeschickt|horodateur|heure|envoyé|fecha|marca temporal|hora|enviado|^data\b|carimbo|epoch/,
  end: /submit|complet|recorded|\bend|finish|eingereicht|abgeschickt|ende|envoy|soumis|fin\b|enviad|conclu/,
  start: /start|begin|beginn|début|inicio|início|stage|last|update|reply|modif|geändert|antwort/,
  nps: /\bnps\b|recommend|empfehl|weiterempf|recommand|recomend|promoter/,
  rating:
    /rating|\brate\b|score|stars?\b|satisf|overall|bewert|sterne|zufrieden|gesamt|\bnote\b|évalu|étoile|calific|puntua|estrella|avalia|\bnota\b|estrela|classifica|csat/,
  overall: /overall|satisf|star rating|review stars|gesamt|zufrieden|global|general|geral|csat|score|^rating$/,
  ux: /\bux\b|usab|user experience|interface|design|bedien|benutzerfreund|ergonom|experiencia de us|experiência d[eo] us/,
  grow: /\bgrow\b/,
  easeOfUse: /\beas[ey]|einfach|leicht|facil|fácil/,
  helpfulness: /helpful|\bhelp|hilfreich|geholfen|\butile|útil|ajud|ayud/,
  willingToPay: /willing|\bpay\b|\bprice|zahlen|zahlungs|preis|payer|\bprix\b|pagar|precio|preço/,
  experiment: /^experiment$/,
  variant: /^variant$/,
  tags: /\btags?\b|\blabels?\b|[ck]ategor|topics?\b|themen?\b|schlagw|étiquette|catégor|etiqueta|categor[ií]a/,
  text: /^(text|body)$|comment|feedback|improv|suggest|\bwhy\b|reason|tell us|anything else|review (text|content|title|body)|message|describ|open-ended|explain|like (most|least|best)|missing|fehlt|vermiss|manqu|falta|kommentar|anmerkung|verbesser|warum|vorschl|begründ|commentaire|améli|pourquoi|sugerencia|comentario|mejor|por ?qu[eé]|melhor|sugest|comentário|remark/,
  internal: /\breply\b|developer|company response|\bagent\b|assignee|\bintern(al|e|o|a)?\b|review notes/,
  metadata:
    /duration|progress|finished|language|sprache|langue|idioma|browser|\bos\b|device|gerät|platform|\burl\b|\blink\b|referr|network id|collector|channel|\bstatus\b|\butm|country|city|version|response type|user ?agent|\bseed\b|last ?page|survey ?id|\bkind\b/,
} as const;

export type HeaderWord = keyof typeof WORDS;

/** The name of a column in lower case with blanks, so that `createdAt`, `created_at` and `Created At` are one. */
const plain = (name: string) =>
  name
    .normalize('NFC')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/[_\s]+/g, ' ')
    .trim()
    .toLowerCase();

/** Makes the test of what the names of a column say about it. */
export function createHeaderTest(names: readonly string[]): (word: HeaderWord) => boolean {
  const forms = names.flatMap((name) => [plain(name), name.normalize('NFC').trim().toLowerCase()]);
  return (word) => forms.some((form) => WORDS[word].test(form));
}
