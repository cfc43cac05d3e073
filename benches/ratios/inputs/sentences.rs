//! Sentences as support desks write them, put together at random.

use support::dice::Dice;

const THINGS: [&str; 48] = [
    "account",
    "invoice",
    "parcel",
    "refund",
    "voucher",
    "contract",
    "booking",
    "deposit",
    "warranty",
    "tariff",
    "subscription",
    "delivery slot",
    "meter reading",
    "claim form",
    "spare part",
    "gift card",
    "return label",
    "login",
    "credit note",
    "price list",
    "opening balance",
    "customs fee",
    "service window",
    "call-out charge",
    "address",
    "data export",
    "backup",
    "licence key",
    "seat",
    "upgrade",
    "battery",
    "charger",
    "display",
    "filter",
    "pump",
    "thermostat",
    "rental car",
    "boarding pass",
    "hotel night",
    "insurance policy",
    "prescription",
    "appointment",
    "direct debit",
    "bank holiday",
    "order confirmation",
    "support plan",
    "trial period",
    "router",
];

const DEEDS: [&str; 24] = [
    "replaces",
    "delays",
    "covers",
    "cancels",
    "confirms",
    "extends",
    "blocks",
    "includes",
    "excludes",
    "renews",
    "shortens",
    "splits",
    "refunds",
    "reopens",
    "triggers",
    "outlasts",
    "precedes",
    "corrects",
    "duplicates",
    "requires",
    "suspends",
    "documents",
    "limits",
    "restores",
];

const TRAITS: [&str; 24] = [
    "annual",
    "expired",
    "partial",
    "digital",
    "damaged",
    "eligible",
    "early",
    "second",
    "regional",
    "shared",
    "unpaid",
    "current",
    "temporary",
    "standard",
    "incomplete",
    "external",
    "monthly",
    "optional",
    "late",
    "final",
    "duplicate",
    "prepaid",
    "missing",
    "urgent",
];

const NAMES: [&str; 16] = [
    "Ms Okonjo",
    "Mr Lindgren",
    "Dr Varga",
    "Ms O'Neill",
    "Mr Nguyễn",
    "Ms Yıldız",
    "Mr Åkesson",
    "Ms Łukasik",
    "Mr García",
    "Dr Sørensen",
    "Ms Petrović",
    "Mr Müller",
    "Ms Haddad",
    "Mr Silva",
    "Dr Kaya",
    "Ms Żak",
];

/// A sentence of about 75 characters.
pub(super) fn sentence(dice: &mut Dice) -> String {
    let [one, two, three] = std::array::from_fn(|_| dice.pick(&THINGS));
    let (which, deed, name) = (dice.pick(&TRAITS), dice.pick(&DEEDS), dice.pick(&NAMES));
    let (days, part) = (2 + dice.below(80), 1 + dice.below(9));
    match dice.below(8) {
        0 => format!("The {which} {one} {deed} the {two} for {days} days, and no {three} is needed."),
        1 => format!("Under section {days}.{part}, every {which} {one} {deed} the {two} of the {three}."),
        2 => format!("{name} wrote that the {one} {deed} the {two} after {days} minutes on the phone."),
        3 => format!("Where the {one} is {which}, quote the {two} and ask for a new {three} within {days} days."),
        4 => format!("The {one} came to {days},{part}0 euro, which {deed} the {which} {two} and its {three}."),
        5 => format!("We change nothing until the {which} {one} and the {two} both name a {three}."),
        6 => format!("On day {days} the {which} {one} {deed} the {two}, \"as agreed\" in the {three}."),
        _ => format!("It is not clear whether a {which} {one} {deed} the {two} without its {three}."),
    }
}

/// A question of about 70 characters.
pub(super) fn question(dice: &mut Dice) -> String {
    let [one, two, three] = std::array::from_fn(|_| dice.pick(&THINGS));
    let (which, name) = (dice.pick(&TRAITS), dice.pick(&NAMES));
    match dice.below(5) {
        0 => format!("Which {one} does {name} need when the {two} is {which} and the {three} is not?"),
        1 => format!("Summarise what we promise about a {which} {one}, its {two} and its {three}."),
        2 => format!("Why was the {which} {one} of {name} sent back with the {two} and the {three}?"),
        3 => format!("Rewrite the reply to {name} so that it names the {one} and the {which} {two}."),
        _ => format!("Does the {which} {one} cover the {two} as well as the {three}, as {name} says?"),
    }
}

/// A heading of about 25 characters.
pub(super) fn title(dice: &mut Dice) -> String {
    format!("The {} {} and its {}", dice.pick(&TRAITS), dice.pick(&THINGS), dice.pick(&THINGS))
}
