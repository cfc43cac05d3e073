//! Dutch.

use super::{Bound, Lexicon};

pub(super) const LEXICON: Lexicon = Lexicon {
    negators: "niet geen nooit niemand niets zonder nergens nauwelijks",
    no_negator_before: "alleen slechts minder",
    failures: "weigert weigerde weigerden faalt faalde mislukt mislukte onmogelijk",
    particles: "",
    hedges: "waarschijnlijk mogelijk misschien vermoedelijk vermoedelijke vermeende blijkbaar \
            schijnbaar lijkt leek voormalige voormalig vroegere zou zouden mag gedeeltelijk deels \
            meestal gewoonlijk doorgaans soms",
    abilities: "kan kunnen kon",
    intentions: "plant plannen hoopt hoopte probeert probeerde wil wilde",
    futures: "zal zullen gaat",
    modals: "moet moeten moest",
    parts: "sommige enkele",
    quantities: "veel vele meerdere weinig diverse deel helft alle elke iedere",
    bounds: &[
        (Bound::Below, "minstens|ten minste|meer dan|minimaal"),
        (Bound::Above, "hoogstens|maximaal|tot wel|minder dan"),
        (Bound::MaybeBelow, "boven"),
        (Bound::MaybeAbove, "onder|binnen"),
        (Bound::Near, "bijna|nagenoeg"),
    ],
    bounds_behind: &[(Bound::Below, "of meer"), (Bound::Above, "of minder")],
    opposites: &[
        (
            "stijgt steeg stegen gestegen groeit groeide gegroeid",
            "daalt daalde daalden gedaald zakt zakte kromp gekrompen verlaagd",
        ),
        ("verdubbelde verdubbeld", "halveerde gehalveerd"),
        ("wint won wonnen gewonnen winst", "verliest verloor verloren verlies"),
        ("koopt kocht gekocht", "verkoopt verkocht"),
        ("opent opende geopend open", "sluit sloot gesloten dicht"),
        ("aanvaard aanvaardde accepteert accepteerde goedgekeurd", "verwierp verworpen afgewezen weigert weigerde"),
        ("toegestaan legaal", "verboden verbiedt verbood illegaal"),
        ("bevestigt bevestigde", "ontkent ontkende"),
        ("begint begon begonnen", "eindigt eindigde stopte"),
        ("levend overleefde", "dood stierf gestorven"),
        ("schuldig", "onschuldig"),
        ("hoger hoge hoog", "lager lage laag"),
        ("groter grote groot", "kleiner kleine klein"),
        ("beter beste", "slechter slechtste"),
        ("meer", "minder"),
        ("altijd", "nooit zelden"),
        ("noorden noordelijke", "zuiden zuidelijke"),
        ("oosten oostelijke", "westen westelijke"),
        ("openbaar openbare", "privé"),
        ("warm", "koud"),
        ("vol", "leeg"),
    ],
    opposites_before: &[
        ("voor", "na"),
        ("eerste", "laatste"),
        ("alle elke iedere", "sommige enkele weinig geen"),
        ("met", "zonder"),
        ("boven", "onder"),
        ("volgende", "vorige"),
    ],
    prefixes: "on in il ir",
    negates_backwards: true,
};
