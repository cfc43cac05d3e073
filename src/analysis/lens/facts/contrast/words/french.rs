//! French.

use super::{Bound, Lexicon};

pub(super) const LEXICON: Lexicon = Lexicon {
    negators: "pas jamais aucun aucune ni rien sans guère non nul nulle",
    no_negator_before: "seulement uniquement moins plus",
    failures: "refuse refusent refusé refusa refusait échoue échoué échoua incapable incapables impossible \
            impossibilité renonce renoncé renonça",
    particles: "de à d' d",
    hedges: "probablement possiblement apparemment prétendument supposé présumé présumée \
            ancien ancienne anciens semble semblent semblait paraît parait pourrait pourraient \
            devrait devraient serait seraient aurait auraient éventuellement potentiellement vraisemblablement \
            parfois partiellement généralement habituellement souvent prévu envisagé",
    abilities: "peut peuvent",
    intentions: "prévoit prévoient compte comptent espère espèrent souhaite souhaitent veut veulent tente tentent \
            tenté cherche cherchent envisage envisagent promet promis",
    futures: "va vont",
    modals: "doit doivent faut",
    parts: "certains certaines quelques",
    quantities: "plusieurs nombreux nombreuses beaucoup peu plupart moitié partie tous toutes chaque",
    bounds: &[
        (Bound::Below, "au moins|plus de|plus que|au minimum|pas moins de"),
        (Bound::Above, "au plus|au maximum|jusqu'à|moins de|pas plus de"),
        (Bound::MaybeAbove, "sous|en dessous de"),
        (Bound::Near, "presque|près de|quasiment"),
    ],
    bounds_behind: &[(Bound::Below, "ou plus|et plus|au moins|minimum"), (Bound::Above, "ou moins|au plus|maximum")],
    opposites: &[
        (
            "augmente augmentent augmenté augmentait augmenta grimpe grimpé progresse progressé croît monte montent monté hausse",
            "baisse baissent baissé baissait baissa diminue diminuent diminué chute chuté recule reculé descend descendu réduit",
        ),
        ("double doublé doublent doubla", "diminué réduit"),
        (
            "gagne gagnent gagné gagna remporte remporté gain gains bénéfice bénéfices",
            "perd perdent perdu perdit perte pertes déficit",
        ),
        ("achète achètent acheté acquis", "vend vendent vendu cédé"),
        ("ouvre ouvrent ouvert ouverte ouvrait", "ferme ferment fermé fermée fermait"),
        (
            "accepte acceptent accepté accepta approuve approuvé adopte adopté",
            "refuse refusent refusé refusa rejette rejeté rejetée",
        ),
        ("autorise autorisé autorisée permet permis légal", "interdit interdite interdisent illégal"),
        ("inclut inclus incluse", "exclut exclu exclue"),
        ("soutient soutenu appuie appuyé", "combat oppose opposé"),
        ("confirme confirmé admet admis avoue avoué", "dément démenti nie nié"),
        ("commence commencé débute débuté", "finit fini termine terminé cesse cessé"),
        ("arrive arrivé arrivée entre entré", "part parti partie quitte quitté"),
        ("ajoute ajouté", "retire retiré supprime supprimé"),
        ("réussi réussit réussite", "échoué échoue échec"),
        ("survit survécu vivant", "meurt mort décédé"),
        ("embauche embauché recrute recruté", "licencie licencié renvoyé"),
        ("coupable condamné", "innocent acquitté"),
        ("haut haute hauts supérieur supérieure", "bas basse inférieur inférieure"),
        ("grand grande grands grandes", "petit petite petits petites"),
        ("long longue", "court courte"),
        ("vieux vieille ancien", "jeune nouveau nouvelle"),
        ("meilleur meilleure mieux", "pire pis"),
        ("rapide rapidement vite", "lent lente lentement"),
        ("large", "étroit étroite"),
        ("fort forte", "faible"),
        ("riche riches", "pauvre pauvres"),
        ("plein pleine", "vide"),
        ("mouillé mouillés mouillée humide", "sec sèche secs"),
        ("chaud chaude", "froid froide"),
        ("toujours", "jamais rarement"),
        ("souvent", "rarement"),
        ("vrai vraie", "faux fausse"),
        ("nord", "sud"),
        ("public publique", "privé privée"),
        ("majorité", "minorité"),
        ("hommes homme masculin", "femmes femme féminin"),
        ("père frère fils mari", "mère sœur fille femme épouse"),
        ("matin", "soir"),
        ("obligatoire", "facultatif facultative volontaire"),
    ],
    opposites_before: &[
        ("avant", "après"),
        ("premier première", "dernier dernière"),
        ("tous toutes chaque", "quelques certains certaines plusieurs aucun aucune"),
        ("avec", "sans"),
        ("prochain prochaine", "précédent précédente dernier dernière"),
        ("gauche", "droite"),
    ],
    prefixes: "in im il ir non dés dis mal",
    negates_backwards: false,
};
