//! Portuguese.

use super::{Bound, Lexicon};

pub(super) const LEXICON: Lexicon = Lexicon {
    negators: "não nunca jamais nenhum nenhuma nem sem nada ninguém",
    no_negator_before: "só apenas somente menos",
    failures: "recusa recusou recusaram recusado incapaz incapazes impossível fracassou falhou",
    particles: "a de em",
    hedges: "provavelmente possivelmente talvez supostamente suposto suposta alegadamente aparentemente parece \
            parecem parecia antigo antiga ex poderia poderiam deveria deveriam seria teria \
            parcialmente geralmente normalmente previsto prevista",
    abilities: "pode podem",
    intentions: "planeia planeja pretende pretendem espera esperam quer querem tenta tentou",
    futures: "vai vão",
    modals: "deve devem",
    parts: "alguns algumas certos certas",
    quantities: "vários várias muitos muitas poucos poucas maioria metade parte todos todas cada",
    bounds: &[
        (Bound::Below, "pelo menos|ao menos|mais de|no mínimo"),
        (Bound::Above, "no máximo|até|menos de"),
        (Bound::MaybeBelow, "acima de"),
        (Bound::MaybeAbove, "abaixo de"),
        (Bound::Near, "quase"),
    ],
    bounds_behind: &[
        (Bound::Part, "em cada"),
        (Bound::Below, "ou mais|no mínimo"),
        (Bound::Above, "ou menos|no máximo"),
    ],
    opposites: &[
        (
            "sobe subiu subiram subido aumenta aumentou aumentaram cresce cresceu cresceram",
            "desce desceu desceram cai caiu caíram diminui diminuiu diminuíram reduziu baixou baixaram",
        ),
        ("duplicou dobrou", "reduziu caiu"),
        ("ganha ganhou ganharam lucro", "perde perdeu perderam prejuízo"),
        ("compra comprou compraram", "vende vendeu venderam"),
        ("abre abriu abriram aberto aberta", "fecha fechou fecharam fechado fechada"),
        ("aceita aceitou aceitaram aprova aprovou aprovaram", "rejeita rejeitou rejeitaram recusou recusaram"),
        ("permite permitiu legal", "proíbe proibiu proibido ilegal"),
        ("confirma confirmou", "nega negou desmentiu"),
        ("começa começou", "termina terminou acabou"),
        ("vivo viva sobreviveu", "morto morta morreu"),
        ("contratou contrata", "demitiu despediu"),
        ("culpado", "inocente"),
        ("alto alta superior", "baixo baixa inferior"),
        ("grande grandes maior", "pequeno pequena menor"),
        ("melhor", "pior"),
        ("mais", "menos"),
        ("sempre", "nunca raramente"),
        ("norte", "sul"),
        ("leste", "oeste"),
        ("público pública", "privado privada"),
        ("quente", "frio fria"),
        ("cheio cheia", "vazio vazia"),
    ],
    opposites_before: &[
        ("antes", "depois"),
        ("primeiro primeira", "último última"),
        ("todos todas cada", "alguns algumas poucos nenhum"),
        ("com", "sem"),
    ],
    prefixes: "in im i des dis",
    negates_backwards: false,
};
