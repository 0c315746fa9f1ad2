/** Function words, which say nothing about the subject of a text. */
const FUNCTION_WORDS = `a about above across after again against ago all almost along already also although always am among an
  and another any anybody anyone anything anyway are around as aside at away back be became because become been before
  behind being below beside besides between beyond both but by came can cannot come comes coming could did do does doing
  done down due during each either else enough especially etc even ever every everybody everyone everything everywhere
  except far few for from further gave get gets getting give given gives go goes going gone gonna got gotten had half has
  have having he hence her here hers herself him himself his how however i if im in indeed instead into is isnt it its
  itself ive just keep keeps kept kind lately later least less let lets like likely lot lots made mainly make makes making
  many may maybe me mean means meanwhile might mine more moreover most mostly much must my myself near nearly neither never
  next no nobody none nor not nothing now nowhere of off often oh ok okay on once one ones only onto or other others
  otherwise our ours ourselves out over own per perhaps please pls plus put puts quite rather re really said same saw say
  says see seem seemed seems seen several shall she should since so some somebody somehow someone something sometimes
  somewhat somewhere soon sort still such take taken takes taking tell than thank thanks that thats the their theirs them
  themselves then there therefore theres these they thing things this those though through throughout thus till to
  together told too took toward towards two under unless until up upon us very via want wanted wants was wasnt way ways we
  well went were what whatever when whenever where whereas whether which while who whoever whole whom whose why will with
  within without wont would yes yet you your yours yourself dont doesnt didnt cant couldnt wouldnt im ive id youre theyre
  whats havent hasnt hadnt arent werent shouldnt whos hes shes heres top`;
/** Words of praise, blame and everyday actions, which fit any subject. */
const GENERIC_WORDS = `able absolutely actual actually add added amazing annoying app application awesome awful bad basically
  best better big bit bother brilliant can't certain change changed clear clearly completely cool couple day days
  definitely different disappointed disappointing easily easy excellent expect expected fantastic feel feeling feels felt
  find fine first five found four frankly frustrated frustrating full fully fun glad good great guess guys happen happened
  happens happy hard hate helped helpful helping helps help honest honestly hope horrible hour hours huge idea improve
  improved improvement issue issues joy keen know known last leave left let little long look looked looking looks love
  loved lovely loves lovely main major minute minutes moment month months morning nearly need needed needs new nice nicely
  old part perfect perfectly piece place pleasant pleased point possible pretty problem problems properly quickly ready
  real reason recently right sad second seriously simple simply single small star stars start started stay stop stopped
  stuff sudden suddenly super sure tad tend terrible terribly think third thought three time times tiny today tomorrow
  tonight total totally tried try trying turn turned unfortunately use used useful user users uses using usually week
  weeks whenever wish wonderful word words work worked working works worse worst worth wow wrong year years yesterday
  user people person product software tool feedback suggestion everyone team`;

/** Function words that may be inside a phrase, between its other words. */
export const joiningWords: ReadonlySet<string> = new Set(
  'a an and at by for from in into of off on or out over per the to up with without'.split(' '),
);

/** Words that neither start nor end a phrase. */
export const stopWords: ReadonlySet<string> = new Set(
  `${FUNCTION_WORDS} ${GENERIC_WORDS}`.split(/\s+/).map((word) => word.replace(/'/g, '')),
);
