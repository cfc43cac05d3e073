//! German.

use super::{Bound, Lexicon};

pub(super) const LEXICON: Lexicon = Lexicon {
    negators: "nicht kein keine keinen keinem keiner keines keinerlei nie niemals niemand niemanden nichts weder \
            ohne kaum",
    no_negator_before: "nur zuletzt weniger minder",
    failures: "weigert weigerte weigerten verweigert verweigerte scheitert scheiterte gescheitert versäumt \
            versäumte unfähig außerstande unmöglich misslang misslungen",
    particles: "",
    hedges: "vermutlich wahrscheinlich unwahrscheinlich angeblich möglicherweise vielleicht wohl offenbar \
            anscheinend scheinbar scheint schien mutmaßlich mutmaßliche mutmaßlicher mutmaßlichen ehemalige \
            ehemaliger ehemaligen ehemals frühere früherer früheren einstige einstiger könnte \
            könnten dürfte dürften mag soll sollen teilweise teils meist meistens gewöhnlich üblicherweise \
            weitgehend gelegentlich manchmal voraussichtlich eventuell geplant geplante geplanten potenziell \
            potenzielle",
    abilities: "kann können",
    intentions: "plant planen plante planten beabsichtigt beabsichtigte hofft hoffte versucht versuchte droht drohte \
            verspricht versprach",
    futures: "wird werden will wollen",
    modals: "muss müssen musste sollte sollten darf dürfen würde würden wollen wollte",
    parts: "einige manche teils",
    quantities: "viele mehrere wenige etliche zahlreiche teil hälfte alle jeder jede jedes",
    bounds: &[
        (Bound::Below, "mindestens|wenigstens|mehr als|zumindest|nicht weniger als"),
        (Bound::Above, "höchstens|maximal|bis zu|weniger als|nicht mehr als|knapp unter"),
        (Bound::MaybeBelow, "über"),
        (Bound::MaybeAbove, "unter|binnen|innerhalb von"),
        (Bound::Near, "fast|beinahe|nahezu|knapp|annähernd"),
    ],
    bounds_behind: &[
        (Bound::Below, "oder mehr|und mehr|oder darüber|minimum"),
        (Bound::Above, "oder weniger|oder darunter|maximum"),
    ],
    opposites: &[
        (
            "steigt steigen stieg stiegen gestiegen wächst wachsen wuchs wuchsen gewachsen zunimmt zugenommen erhöht erhöhte erhöhten klettert kletterte",
            "fällt fallen fiel fielen gefallen sinkt sinken sank sanken gesunken schrumpft schrumpfte geschrumpft abgenommen gesenkt senkt senkte senkten verringert verringerte reduziert",
        ),
        ("verdoppelt verdoppelte verdoppelten", "halbiert halbierte halbierten"),
        ("gewinnt gewann gewannen gewonnen gewinn gewinne", "verliert verlor verloren verlust verluste"),
        ("kauft kaufte kauften gekauft erwarb", "verkauft verkaufte verkauften"),
        ("öffnet öffnete geöffnet eröffnet eröffnete offen", "schließt schloss geschlossen"),
        (
            "akzeptiert akzeptierte angenommen nimmt nahm genehmigt genehmigte billigt billigte gebilligt",
            "abgelehnt lehnt lehnte lehnten verworfen verwarf",
        ),
        ("erlaubt erlaubte gestattet legal", "verbietet verbot verboten untersagt illegal"),
        ("unterstützt unterstützte befürwortet befürwortete", "bekämpft ablehnt kritisiert"),
        ("bestätigt bestätigte zugegeben", "bestreitet bestritt bestritten dementiert dementierte"),
        ("beginnt begann begonnen startet startete", "endet endete beendet stoppte"),
        ("eingeschlossen einschließlich enthält enthalten", "ausgeschlossen ausschließlich"),
        ("überlebt überlebte überlebten lebend", "stirbt starb starben gestorben tot"),
        ("eingestellt", "entlassen"),
        ("schuldig", "unschuldig freigesprochen"),
        ("höher höhere höheren höchste hoch obere oberen", "niedriger niedrigere niedrigste niedrig untere unteren"),
        ("größer größere größte groß große großen", "kleiner kleinere kleinste klein kleine kleinen"),
        ("länger längste lang lange", "kürzer kürzeste kurz kurze"),
        ("älter älteste alt alte alten", "jünger jüngste jung neu neue neuen"),
        ("besser beste besten", "schlechter schlechteste schlimmer"),
        ("schneller schnell schnellste", "langsamer langsam"),
        ("breit breiter", "schmal schmaler"),
        ("tief tiefer", "flach seicht"),
        ("stark stärker", "schwach schwächer"),
        ("teuer teurer", "billig billiger günstig günstiger"),
        ("nass feucht", "trocken"),
        ("voll", "leer"),
        ("warm heiß", "kalt kühl"),
        ("mehr", "weniger"),
        ("immer stets", "nie selten"),
        ("oft häufig", "selten"),
        ("wahr richtig", "falsch"),
        ("norden nördlich nördliche", "süden südlich südliche"),
        ("osten östlich östliche", "westen westlich westliche"),
        ("öffentlich öffentliche", "privat private"),
        ("mehrheit", "minderheit"),
        ("männer mann männlich", "frauen frau weiblich"),
        ("vater bruder sohn", "mutter schwester tochter"),
        ("pflicht vorgeschrieben verpflichtend", "freiwillig optional"),
    ],
    opposites_before: &[
        ("vor", "nach"),
        ("erste erster ersten erstes", "letzte letzter letzten letztes"),
        ("alle sämtliche jeder jede", "einige manche wenige keine"),
        ("wenn falls", "außer"),
        ("über oberhalb", "unter unterhalb"),
        ("früher", "später"),
        ("nächste nächsten", "vorige vorigen letzten"),
        ("mit", "ohne"),
        ("linke linken", "rechte rechten"),
    ],
    prefixes: "un in il ir nicht",
    negates_backwards: true,
};
