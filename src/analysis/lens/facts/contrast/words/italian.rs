//! Italian.

use super::{Bound, Lexicon};

pub(super) const LEXICON: Lexicon = Lexicon {
    negators: "non mai senza nessun nessuno nessuna né niente nulla neanche",
    no_negator_before: "solo soltanto solamente meno",
    failures: "rifiuta rifiutato rifiutò incapace incapaci impossibile fallito",
    particles: "di a",
    hedges: "forse probabilmente possibilmente presumibilmente presunto presunta apparentemente sembra sembrano \
            sembrava ex potrebbe potrebbero dovrebbe dovrebbero sarebbe avrebbe parzialmente \
            generalmente solitamente previsto",
    abilities: "può possono",
    intentions: "prevede prevedono intende intendono spera sperano vuole vogliono cerca cercano tenta tentato",
    futures: "sta stanno",
    modals: "deve devono",
    parts: "alcuni alcune certi certe",
    quantities: "molti molte pochi poche vari varie parte metà tutti tutte ogni",
    bounds: &[
        (Bound::Below, "almeno|più di|come minimo|non meno di"),
        (Bound::Above, "al massimo|fino a|meno di|non più di"),
        (Bound::MaybeBelow, "oltre"),
        (Bound::MaybeAbove, "sotto"),
        (Bound::Near, "quasi"),
    ],
    bounds_behind: &[(Bound::Below, "o più|almeno"), (Bound::Above, "o meno|al massimo")],
    opposites: &[
        (
            "aumenta aumentano aumentato aumentati cresce cresciuto salito saliti sale",
            "diminuisce diminuito diminuiti scende sceso scesi cala calato calati ridotto",
        ),
        ("raddoppiato raddoppia", "dimezzato dimezza"),
        ("vince vinto utile guadagno", "perde perso perdita"),
        ("comprato acquistato compra", "venduto vende"),
        ("aperto aperta apre", "chiuso chiusa chiude"),
        ("accettato accetta approvato approva", "respinto respinge rifiutato rifiuta"),
        ("permesso permette legale", "vietato vieta illegale"),
        ("confermato conferma", "smentito smentisce negato nega"),
        ("iniziato inizia comincia", "finito finisce terminato"),
        ("sopravvissuto vivo", "morto muore"),
        ("assunto assume", "licenziato licenzia"),
        ("colpevole", "innocente"),
        ("alto alta superiore", "basso bassa inferiore"),
        ("grande grandi", "piccolo piccola piccoli"),
        ("migliore", "peggiore"),
        ("più", "meno"),
        ("sempre", "mai raramente"),
        ("nord", "sud"),
        ("est", "ovest"),
        ("pubblico pubblica", "privato privata"),
        ("caldo calda", "freddo fredda"),
        ("pieno piena", "vuoto vuota"),
    ],
    opposites_before: &[
        ("prima", "dopo"),
        ("primo prima", "ultimo ultima"),
        ("tutti tutte ogni", "alcuni alcune pochi nessun"),
        ("con", "senza"),
    ],
    prefixes: "in im il ir dis",
    negates_backwards: false,
};
