import type { Language } from '../analysis.ts';

export type OtherLanguage = Exclude<Language, 'en'>;

/** The lexicon of one language: words by polarity, then closed word classes, separated by spaces. */
export interface Lexicon {
  veryPositive: string;
  positive: string;
  negative: string;
  veryNegative: string;
  negators: string;
  boosters: string;
  contrasts: string;
  /** phrases of one to four words, separated by commas */
  requests: string;
  problems: string;
}

export const LEXICONS: Record<OtherLanguage, Lexicon> = {
  de: {
    veryPositive: `ausgezeichnet hervorragend großartig fantastisch perfekt liebe begeistert wunderbar genial klasse super
      spitze exzellent toll tolle toller tolles top beste bester bestes`,
    positive: `gut gute guter gutes guten gefällt mag hilfreich hilft einfach schnell schön schöne angenehm zufrieden freundlich
      nützlich praktisch klar übersichtlich danke dankbar empfehlen empfehle intuitiv zuverlässig besser verbessert
      verständlich motivierend kompetent gelungen sinnvoll flüssig leicht lecker nett spaß froh wertvoll`,
    negative: `schlecht schlechte schlechter langsam langsame fehler kompliziert umständlich verwirrend teuer nervig nervt
      mühsam unübersichtlich problem probleme schwierig leider fehlt fehlen unklar träge enttäuscht enttäuschend
      vermisse störend stört abstürze absturz stürzt abgestürzt kaputt hängt ruckelt unzuverlässig veraltet unnötig
      langweilig verloren mangelhaft überladen zu-teuer lästig ärgerlich ärgert unfreundlich`,
    veryNegative: `schrecklich furchtbar katastrophe katastrophal unbrauchbar hasse grauenhaft miserabel nutzlos frechheit
      schlimmste unverschämt betrug abzocke wertlos unmöglich`,
    negators: 'nicht kein keine keinen keinem keiner nie niemals nichts ohne kaum weder',
    boosters: 'sehr wirklich echt total extrem absolut besonders so viel zu unglaublich ziemlich äußerst',
    contrasts: 'aber jedoch allerdings obwohl trotzdem doch sondern während',
    requests: `bitte, wäre schön, wäre gut, wäre toll, wäre super, wäre hilfreich, wäre cool, wünsche mir, wünschen
      uns, würde mir wünschen, ich hätte gerne, hätte gern, könntet ihr, könnten sie, könnte man, sollte, sollten, man
      sollte, fände es gut, vorschlag, wünschenswert, mir fehlt`,
    problems: `fehler, absturz, abstürze, stürzt ab, stürzt, funktioniert nicht, geht nicht, lädt nicht, kaputt,
      hängt, problem, probleme, langsam, fehlermeldung`,
  },
  fr: {
    veryPositive: `excellent excellente excellents parfait parfaite génial géniale super adore magnifique fantastique
      formidable merveilleux incroyable extraordinaire top meilleur meilleure`,
    positive: `j'adore j'aime j'apprécie bien bon bonne bons bonnes aime utile pratique facile simple rapide agréable clair claire efficace content contente
      satisfait satisfaite recommande intuitif intuitive fluide merci beau belle sympa apprécie fiable aide gentil
      motivant pertinent mieux amélioré plaisir réussi`,
    negative: `mauvais mauvaise lent lente compliqué compliquée difficile cher chère problème problèmes erreur erreurs bug bugs
      bogue plante plantage confus confuse déçu déçue décevant décevante manque dommage pénible ennuyeux lourd
      malheureusement bloque bloqué impossible instable inutile agaçant gênant perdu perdue frustrant flou brouillon`,
    veryNegative: `horrible nul nulle catastrophe catastrophique affreux déteste inutilisable arnaque pire honteux
      lamentable exécrable épouvantable`,
    negators: "pas n'est ne jamais rien aucun aucune sans ni n'a n'ai plus-jamais guère",
    boosters: 'très vraiment trop extrêmement tellement totalement absolument super si beaucoup particulièrement',
    contrasts: 'mais cependant toutefois pourtant malgré sauf quoique tandis',
    requests: `s'il vous plaît, svp, merci de, serait bien, serait bon, serait utile, serait super, serait génial, ce
      serait, il faudrait, faudrait, pourriez vous, pouvez vous, j'aimerais, aimerais, je voudrais, on voudrait,
      devrait, devriez, ajoutez, ajouter, je suggère, suggestion, permettre de, manque`,
    problems: `bug, bugs, bogue, plante, plantage, erreur, erreurs, ne fonctionne pas, marche pas, ne marche pas,
      bloque, bloqué, problème, problèmes, ne charge pas, lent`,
  },
  es: {
    veryPositive: `excelente excelentes perfecto perfecta genial encanta fantástico fantástica maravilloso maravillosa
      increíble estupendo estupenda magnífico súper mejor espectacular`,
    positive: `bien bueno buena buenos buenas gusta útil fácil rápido rápida sencillo sencilla claro clara contento contenta
      práctico práctica satisfecho satisfecha recomiendo intuitivo intuitiva ágil gracias agradable ayuda amable
      bonito bonita cómodo cómoda fiable eficaz motivador mejorado disfruto feliz`,
    negative: `malo mala malos malas mal lento lenta complicado complicada difícil caro cara problema problemas error errores
      confuso confusa falla fallos fallo decepcionado decepcionada decepcionante falta faltan molesto molesta
      lamentablemente bloquea cuelga cierra pesado aburrido aburrida frustrante inestable inútil perdido perdí
      incómodo tarda desordenado desafortunadamente`,
    veryNegative:
      'horrible pésimo pésima terrible odio basura inservible estafa peor desastre espantoso fatal inaceptable',
    negators: 'no nunca jamás nada ningún ninguna ninguno sin ni tampoco',
    boosters: 'muy realmente demasiado extremadamente tan totalmente absolutamente súper mucho bastante',
    contrasts: 'pero sin-embargo aunque excepto salvo sino mientras',
    requests: `por favor, sería bueno, sería genial, sería útil, sería mejor, sería ideal, estaría bien, me gustaría, nos
      gustaría, quisiera, quisiéramos, podrían, podríais, pueden añadir, debería, deberían, agreguen, añadan, sugiero,
      sugerencia, ojalá, hace falta, que puedan, pongan`,
    problems: `error, errores, falla, fallo, fallos, no funciona, no carga, no abre, se cierra, se cuelga, se bloquea,
      problema, problemas, lento, lenta`,
  },
  pt: {
    veryPositive: `excelente excelentes perfeito perfeita ótimo ótima ótimos adoro amo adorei amei fantástico fantástica
      maravilhoso maravilhosa incrível sensacional espetacular melhor`,
    positive: `bom boa bons boas bem gosto gostei útil fácil rápido rápida simples claro clara contente prático prática satisfeito
      satisfeita recomendo intuitivo intuitiva obrigado obrigada agradável ajuda ajudou legal bonito bonita confiável
      eficiente motivador melhorou feliz parabéns`,
    negative: `ruim ruins mau má mal lento lenta complicado complicada difícil caro cara problema problemas erro erros confuso
      confusa falha falhas travando trava travou decepcionado decepcionada decepcionante falta faltam chato chata
      infelizmente demora demorado pesado instável inútil frustrante perdi perdido bug bugs fecha irritante`,
    veryNegative: 'horrível péssimo péssima terrível odeio lixo inútil pior desastre inaceitável vergonha fraude',
    negators: 'não nunca jamais nada nenhum nenhuma sem nem tampouco',
    boosters: 'muito realmente demais extremamente tão totalmente absolutamente super bastante bem',
    contrasts: 'mas porém contudo entretanto embora exceto todavia enquanto',
    requests: `por favor, seria bom, seria ótimo, seria legal, seria útil, seria melhor, seria ideal, gostaria, eu
      gostaria, gostaríamos, poderiam, poderia, podem adicionar, deveria, deveriam, adicionem, coloquem, sugiro,
      sugestão, tomara, precisa de, precisamos de, queria`,
    problems: `erro, erros, falha, falhas, não funciona, não carrega, não abre, trava, travando, travou, fecha sozinho,
      problema, problemas, bug, bugs, lento, lenta`,
  },
};
