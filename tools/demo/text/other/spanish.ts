import type { LanguagePack } from './pack.ts';

export const spanish: LanguagePack = {
  topics: [
    {
      id: 'performance',
      bad: [
        'las páginas tardan {un siglo|veinte segundos|medio minuto} en cargar',
        'la aplicación va {lentísima|fatal} {por las mañanas|en el portátil de la oficina}',
        'me paso la mitad de la sesión esperando',
      ],
      good: ['todo carga {al instante|en un segundo}{, incluso con mala conexión|}', 'va rapidísima y no se cuelga'],
      want: ['Ojalá hubiera una versión ligera para conexiones lentas'],
    },
    {
      id: 'notifications',
      bad: [
        'los recordatorios llegan {tarde|cuando la sesión ya ha empezado}',
        'me llega el mismo recordatorio {tres|cuatro} veces',
        'no hay manera de quitar las notificaciones{, ni siquiera los domingos|}',
      ],
      good: [
        'los recordatorios {por fin|ahora} llegan a su hora',
        'poder elegir la hora del recordatorio {era justo lo que pedía|es genial}',
      ],
      want: ['Me gustaría elegir a qué hora me llegan los avisos'],
    },
    {
      id: 'calendar',
      bad: [
        'las sesiones no aparecen en <cal>',
        'la sincronización con <cal> se rompe {cada dos por tres|cada vez que cambio una cita}',
        'me han salido dos reuniones a la misma hora',
      ],
      good: [
        'la cita está en <cal> antes de que cierre la pestaña',
        'cambiar una sesión de día es cosa de diez segundos',
      ],
      want: ['Falta sincronizar con <cal>, lo pagaría sin pensarlo'],
    },
    {
      id: 'coach',
      bad: [
        '<coach> llegó {diez|quince} minutos tarde y no había leído mis notas',
        'he tenido tres coaches distintos en dos meses',
      ],
      good: [
        '<coach> escucha {de verdad|como nadie}',
        'una sola pregunta de <coach> me {cambió la semana|abrió los ojos}',
        'siempre salgo de la sesión con <coach> con un plan claro',
      ],
      want: ['Me gustaría poder elegir a mi coach'],
    },
    {
      id: 'ai',
      bad: [
        'la IA repite lo que acabo de decir',
        'las respuestas de la IA son {muy genéricas|puro relleno}',
        'la IA olvida mi objetivo de una sesión a otra',
      ],
      good: [
        'las preguntas de la IA son sorprendentemente buenas',
        'poder reflexionar a las once de la noche sin molestar a nadie {no tiene precio|me encanta}',
      ],
      want: ['Estaría bien que la IA recordara lo que hablamos'],
    },
    {
      id: 'goals',
      bad: ['me obliga a poner fecha a metas que no la tienen', 'el paso de la realidad se hace {eterno|muy largo}'],
      good: [
        'por primera vez tengo una meta que puedo explicar en una frase',
        'los cuatro pasos me ayudan a {ordenar las ideas|pensar con calma}',
      ],
      want: ['Quisiera dividir una meta grande en pasos pequeños'],
    },
    {
      id: 'billing',
      bad: [
        '25 dólares al mes es {demasiado|mucho} para una sesión por semana',
        'nos han cobrado dos veces el mismo mes',
        'pedir una factura significa escribir un correo cada vez',
      ],
      good: ['el precio es justo para lo que ofrece'],
      want: ['¿Hay descuento para equipos pequeños?'],
    },
    {
      id: 'login',
      bad: [
        'me saca de la sesión {cada dos por tres|a mitad de una respuesta}',
        'el código de acceso llega cuando ya ha caducado',
      ],
      good: ['entrar con <sso> funciona a la primera'],
      want: ['Dejadme seguir conectada en mi propio móvil'],
    },
    {
      id: 'mobile',
      bad: [
        'en el móvil el teclado tapa el cuadro de texto',
        'a la aplicación del móvil le falta la mitad de lo que tiene la web',
      ],
      good: ['lo hago todo desde el móvil, {en el metro|de camino al trabajo}, y va de maravilla'],
      want: ['¿Cuándo se podrán ver los informes en el móvil?'],
    },
    {
      id: 'onboarding',
      bad: [
        'al principio no entendía {por dónde empezar|nada, demasiadas preguntas}',
        'nadie me explicó qué significa GROW',
      ],
      good: [
        'empecé mi primera sesión en cinco minutos, sin manual',
        'la primera sesión te lleva de la mano sin tratarte como a un niño',
      ],
      want: ['Un vídeo corto de introducción ayudaría mucho'],
    },
  ],
  contrasts: ['#g, pero #b', '#g. Eso sí, #b', '#b, una pena, porque #g', 'en general bien, aunque #b'],
  pairs: ['#1. Además, #2', '#1 y encima #2', '#1. #2', '- #1\n- #2'],
  openers: {
    pleased: ['la verdad,', 'después de dos meses:', 'enhorabuena:', 'sinceramente,'],
    displeased: ['lo siento, pero', 'hola,', 'una pena:', 'otra vez:', 'la verdad,'],
  },
  asides: {
    pleased: ['Lo recomiendo a mis compañeros', 'Seguid así', 'No me lo esperaba', 'Ha valido la pena'],
    displeased: [
      'Así no se puede trabajar',
      'A mis compañeros les pasa lo mismo',
      'Si no se arregla, lo dejamos',
      'Me hace perder mucho tiempo',
    ],
  },
  signOffs: ['¡Gracias!', 'Un saludo, <me>', 'Gracias de antemano', 'Saludos'],
  shorts: {
    pleased: ['genial', 'perfecto', 'todo bien', 'muy útil', 'me encanta', '👍'],
    neutral: ['nada', 'regular', 'más o menos', 'ninguna', 'bien', 'sin comentarios'],
    displeased: ['muy lento', 'mal', 'no me sirve', 'decepcionante', 'no', '👎'],
  },
};
