//! Texts with errors planted in them: sources, and outputs that say in other words what
//! the sources say, all but for one thing. Made from a seed, the same on every machine.

use crate::dice::Dice;
use std::ops::Range;

/// What was planted into an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    Number,
    Date,
    Time,
    Name,
    Unit,
    Negation,
    AddedSentence,
}

impl Error {
    pub const ALL: [Error; 7] =
        [Error::Number, Error::Date, Error::Time, Error::Name, Error::Unit, Error::Negation, Error::AddedSentence];
}

/// A source and an output with one error.
#[derive(Debug)]
pub struct Case {
    pub source: String,
    pub output: String,
    pub error: Error,
    /// Bytes of the output: what is wrong.
    pub wrong: Range<usize>,
}

/// What a source says, and how an output says it. Slots in braces: a kind, and a letter
/// where there are several.
const STATEMENTS: [(&str, &str); 22] = [
    (
        "{person} has been appointed head of {company}, the firm said on {date}.",
        "On {date}, {company} named {person} as its head.",
    ),
    (
        "The city of {place} will spend {money} on new cycle paths over the next {duration}.",
        "{place} plans to spend {money} on cycle paths within {duration}.",
    ),
    (
        "Parcels sent to {place} arrive after {duration} at the latest, and cost {money} each.",
        "A parcel to {place} costs {money} and arrives within {duration}.",
    ),
    (
        "Police in {place} said {count} people had been evacuated by {time} on {date}.",
        "By {time} on {date}, {count} people had been evacuated in {place}.",
    ),
    (
        "{company} did {not}renew its contract with {person}, according to a spokesman.",
        "{company} did {not}renew the contract with {person}.",
    ),
    (
        "The survey of {count} households found that {percent} heat with wood.",
        "According to a survey of {count} households, {percent} heat with wood.",
    ),
    (
        "Customers may return the kettle within {duration} of delivery if it weighs less than {weight}.",
        "The kettle may be returned within {duration} of delivery if it weighs less than {weight}.",
    ),
    (
        "The museum in {place} opens at {time} and is {not}closed on public holidays.",
        "The {place} museum opens at {time} and is {not}closed on public holidays.",
    ),
    (
        "{person} scored {small} goals for {place} in the final on {date}.",
        "In the final on {date}, {person} scored {small} goals for {place}.",
    ),
    (
        "The bridge, {length} long, was opened by {person} on {date}.",
        "{person} opened the bridge, which is {length} long, on {date}.",
    ),
    (
        "Shares in {company} fell by {percent} to {money} after the announcement.",
        "After the announcement, {company} shares fell {percent} to {money}.",
    ),
    (
        "The court in {place} did {not}accept the appeal of {person}, who was sentenced to {years}.",
        "{person}, sentenced to {years}, saw that the court in {place} did {not}accept the appeal.",
    ),
    (
        "Researchers led by {person} followed {count} patients for {years}.",
        "A team led by {person} followed {count} patients for {years}.",
    ),
    (
        "The train to {place} leaves at {time} and takes {duration}.",
        "The {place} train leaves at {time} and takes {duration}.",
    ),
    (
        "{company} employs {count} people and made a profit of {money} last year.",
        "Last year {company} made a profit of {money}; it employs {count} people.",
    ),
    (
        "The filter must be changed every {duration}; it holds {volume} of water.",
        "Change the filter, which holds {volume} of water, every {duration}.",
    ),
    (
        "The storm reached {place} on {date}, and {small} ships were lost.",
        "{small} ships were lost when the storm reached {place} on {date}.",
    ),
    (
        "{person} told {company} that the report was {not}ready for the board.",
        "{person} told {company} the report was {not}ready for the board.",
    ),
    (
        "Tickets cost {money}, and {percent} of them were sold before {date}.",
        "Before {date}, {percent} of the tickets, at {money} each, were sold.",
    ),
    (
        "The reservoir near {place} lost {percent} of its water in {duration}.",
        "In {duration}, the reservoir near {place} lost {percent} of its water.",
    ),
    (
        "The warranty of the heater from {company} runs for {years} from {date}.",
        "From {date}, the warranty of the {company} heater runs for {years}.",
    ),
    (
        "Doctors in {place} did {not}find the virus in {count} samples.",
        "In {count} samples, doctors in {place} did {not}find the virus.",
    ),
];

const ADDED: [&str; 10] = [
    "Experts believe that similar projects will follow across neighbouring regions.",
    "Local shopkeepers celebrated with fireworks until midnight.",
    "A documentary about these events is being filmed by students.",
    "Critics described the decision as reckless and poorly timed.",
    "Insurance companies are expected to adjust their premiums soon.",
    "The weather remained unusually mild throughout the whole winter.",
    "Several volunteers received medals during a solemn ceremony.",
    "Everything you order today ships free with a complimentary gift card.",
    "Analysts recommend buying gold instead of technology stocks.",
    "Children under twelve enjoyed puppet shows beside the fountain.",
];

const FIRST: [&str; 12] =
    ["Maria", "Erik", "Amina", "Tomás", "Grace", "Henrik", "Leila", "Oscar", "Priya", "Stefan", "Yuki", "Clara"];
const LAST: [&str; 14] = [
    "Holm",
    "Dahl",
    "Okafor",
    "Reyes",
    "Whitfield",
    "Lindqvist",
    "Haddad",
    "Brandt",
    "Nair",
    "Kowalski",
    "Tanaka",
    "Moreau",
    "Fitzgerald",
    "Petrov",
];
const PLACES: [&str; 14] = [
    "Bergen", "Lyon", "Porto", "Graz", "Leeds", "Turin", "Malmö", "Gdansk", "Utrecht", "Nairobi", "Osaka", "Valencia",
    "Tampere", "Halifax",
];
const COMPANIES: [&str; 12] = [
    "Northwind",
    "Brightwater",
    "Halden Foods",
    "Osterby Group",
    "Vantaro",
    "Kelmscott",
    "Pellworm Shipping",
    "Aurelia Bank",
    "Tidewell",
    "Marram Energy",
    "Quillfeather",
    "Solvang",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WORDS: [&str; 10] = ["three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// Cases for each error in turn.
pub fn cases(count: usize, seed: u64) -> Vec<Case> {
    let mut dice = Dice::new(seed);
    let mut cases = Vec::new();
    while cases.len() < count {
        let error = Error::ALL[cases.len() % Error::ALL.len()];
        cases.extend(case(error, &mut dice));
    }
    cases
}

/// A case, unless no statement that was drawn has a place for the error.
fn case(error: Error, dice: &mut Dice) -> Option<Case> {
    let mut statements: Vec<usize> = (0..STATEMENTS.len()).collect();
    for at in 0..statements.len() {
        statements.swap(at, dice.below(at + 1));
    }
    let drawn: Vec<Statement> = statements.iter().take(10).map(|at| Statement::draw(*at, dice)).collect();
    let source = drawn.iter().map(|statement| statement.source()).collect::<Vec<_>>().join(" ");
    let told = &drawn[..4];
    let host = told.iter().position(|statement| error == Error::AddedSentence || statement.hosts(error))?;
    let (mut output, mut wrong) = (String::new(), 0..0);
    for (at, statement) in told.iter().enumerate() {
        let (text, place) = statement.output((at == host).then_some((error, &source)), dice);
        if at == host {
            wrong = output.len() + place.start..output.len() + place.end;
        }
        output.push_str(&text);
        output.push(' ');
        if at == host && error == Error::AddedSentence {
            let added = ADDED[dice.below(ADDED.len())];
            wrong = output.len()..output.len() + added.len();
            output.push_str(added);
            output.push(' ');
        }
    }
    Some(Case { source, output: output.trim_end().to_owned(), error, wrong })
}

/// A statement with a value for each slot.
struct Statement {
    source: &'static str,
    output: &'static str,
    values: Vec<(&'static str, Value)>,
}

#[derive(Debug, Clone, Copy)]
enum Value {
    /// First and last name.
    Person(usize, usize),
    Listed(&'static [&'static str], usize),
    Date(usize, usize, usize),
    /// Minutes since midnight.
    Time(usize),
    /// What stands before it, the number, and the unit after it, of the units it may have.
    Amount(&'static str, usize, &'static [&'static str], usize),
    Small(usize),
    Not(bool),
}

impl Statement {
    fn draw(at: usize, dice: &mut Dice) -> Self {
        let (source, output) = STATEMENTS[at];
        let values = slots(source).map(|slot| (slot, Value::draw(slot, dice))).collect();
        Self { source, output, values }
    }

    fn hosts(&self, error: Error) -> bool {
        self.values.iter().any(|(_, value)| value.hosts(error))
    }

    fn source(&self) -> String {
        self.fill(self.source, |_, value| value.in_source())
    }

    /// The statement in other words, and where the error stands, if it has one. A wrong name
    /// is one that the source does not have.
    fn output(&self, error: Option<(Error, &str)>, dice: &mut Dice) -> (String, Range<usize>) {
        let (error, source) = (error.map(|e| e.0), error.map_or("", |e| e.1));
        let hosts: Vec<&str> = self
            .values
            .iter()
            .filter(|(_, value)| error.is_some_and(|e| value.hosts(e)))
            .map(|(slot, _)| *slot)
            .collect();
        let host = if hosts.is_empty() { "" } else { hosts[dice.below(hosts.len())] };
        let mut wrong = 0..0;
        let text = self.fill(self.output, |slot, value| match error.filter(|_| slot == host) {
            Some(error) => std::iter::repeat_with(|| value.spoilt(error, dice).in_output())
                .find(|wrong| error != Error::Name || !source.contains(wrong.rsplit(' ').next().unwrap()))
                .unwrap(),
            None => value.in_output(),
        });
        if let (Some(error), Some((_, value))) = (error, self.values.iter().find(|(slot, _)| *slot == host)) {
            // A sentence with the right value shows where the wrong one begins.
            let right = self.fill(self.output, |_, value| value.in_output());
            let start = self
                .output
                .find(&format!("{{{host}}}"))
                .map_or(0, |at| self.fill(&self.output[..at], |_, v| v.in_output()).len());
            let length = text.len() + value.in_output().len() - right.len();
            wrong = match error {
                Error::Negation => 0..text.len(),
                _ => start..start + length,
            };
        }
        (capitalised(&text), wrong)
    }

    fn fill(&self, template: &str, mut render: impl FnMut(&str, &Value) -> String) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, after) = after.split_once('}').unwrap();
            text.push_str(before);
            let (_, value) = self.values.iter().find(|(name, _)| *name == slot).unwrap();
            text.push_str(&render(slot, value));
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The slots of a template.
fn slots(template: &'static str) -> impl Iterator<Item = &'static str> {
    template.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

impl Value {
    fn draw(slot: &str, dice: &mut Dice) -> Self {
        match slot {
            "person" => Value::Person(dice.below(FIRST.len()), dice.below(LAST.len())),
            "place" => Value::Listed(&PLACES, dice.below(PLACES.len())),
            "company" => Value::Listed(&COMPANIES, dice.below(COMPANIES.len())),
            "date" => Value::Date(2015 + dice.below(12), dice.below(12), 1 + dice.below(28)),
            "time" => Value::Time(15 * (4 * 6 + dice.below(4 * 17))),
            "count" => Value::Amount("", 1_000 + dice.below(60_000), &[""], 0),
            "percent" => Value::Amount("", 11 + dice.below(80), &[" percent"], 0),
            "money" => Value::Amount("$", 20 + dice.below(9_000), &[""], 0),
            "duration" => {
                Value::Amount("", 3 + dice.below(40), &[" days", " weeks", " hours", " months"], dice.below(3))
            }
            "years" => Value::Amount("", 3 + dice.below(27), &[" years", " months", " weeks"], dice.below(3)),
            "weight" => Value::Amount("", 3 + dice.below(90), &[" kg", " g", " pounds"], dice.below(3)),
            "length" => Value::Amount("", 12 + dice.below(900), &[" metres", " feet", " miles"], dice.below(3)),
            "volume" => Value::Amount("", 3 + dice.below(90), &[" litres", " gallons", " ml"], dice.below(3)),
            "small" => Value::Small(dice.below(WORDS.len())),
            "not" => Value::Not(dice.below(2) == 0),
            other => panic!("no such slot: {other}"),
        }
    }

    fn hosts(&self, error: Error) -> bool {
        match (self, error) {
            (Value::Amount(_, _, units, _), Error::Unit) => units.len() > 1,
            (Value::Person(..) | Value::Listed(..), Error::Name)
            | (Value::Date(..), Error::Date)
            | (Value::Time(_), Error::Time)
            | (Value::Amount(..) | Value::Small(_), Error::Number)
            | (Value::Not(_), Error::Negation) => true,
            _ => false,
        }
    }

    /// Another value of the kind.
    fn spoilt(&self, error: Error, dice: &mut Dice) -> Self {
        let other = |own: usize, count: usize, dice: &mut Dice| (own + 1 + dice.below(count - 1)) % count;
        match (*self, error) {
            (Value::Amount(sign, number, units, unit), Error::Unit) => {
                Value::Amount(sign, number, units, other(unit, units.len(), dice))
            }
            (Value::Amount(sign, number, units, unit), _) => {
                Value::Amount(sign, number + 1 + dice.below(number.max(4)), units, unit)
            }
            (Value::Person(first, last), _) => Value::Person(first, other(last, LAST.len(), dice)),
            (Value::Listed(list, at), _) => Value::Listed(list, other(at, list.len(), dice)),
            (Value::Date(year, month, day), _) => match dice.below(3) {
                0 => Value::Date(year + 1 + dice.below(3), month, day),
                1 => Value::Date(year, other(month, 12, dice), day),
                _ => Value::Date(year, month, 1 + other(day - 1, 28, dice)),
            },
            (Value::Time(time), _) => Value::Time(15 * (24 + other(time / 15 - 24, 4 * 17, dice))),
            (Value::Small(at), _) => Value::Small(other(at, WORDS.len(), dice)),
            (Value::Not(not), _) => Value::Not(!not),
        }
    }

    fn in_source(&self) -> String {
        match *self {
            Value::Person(first, last) => format!("{} {}", FIRST[first], LAST[last]),
            Value::Listed(list, at) => list[at].to_owned(),
            Value::Date(year, month, day) => format!("{day} {} {year}", MONTHS[month]),
            Value::Time(time) => format!("{:02}:{:02}", time / 60, time % 60),
            Value::Amount(sign, number, units, unit) => format!("{sign}{}{}", grouped(number), units[unit]),
            Value::Small(at) => WORDS[at].to_owned(),
            Value::Not(not) => if not { "not " } else { "" }.to_owned(),
        }
    }

    /// The same in other clothes.
    fn in_output(&self) -> String {
        match *self {
            Value::Person(_, last) if last % 3 == 0 => LAST[last].to_owned(),
            Value::Date(year, month, day) => match day % 3 {
                0 => format!("{year}-{:02}-{day:02}", month + 1),
                1 => format!("{} {day}, {year}", MONTHS[month]),
                _ => self.in_source(),
            },
            Value::Time(time) if time % 2 == 0 => {
                let half = if time >= 720 { "pm" } else { "am" };
                format!("{}:{:02} {half}", (time / 60 + 11) % 12 + 1, time % 60)
            }
            Value::Amount("", number, [" percent"], _) if number % 2 == 0 => format!("{number}%"),
            Value::Amount("", number, units, unit) if (3..13).contains(&number) && number % 2 == 0 => {
                format!("{}{}", WORDS[number - 3], units[unit])
            }
            Value::Amount("", number, [""], _) => number.to_string(),
            _ => self.in_source(),
        }
    }
}

/// 1,234
fn grouped(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

/// How many errors of each kind were planted and found; and of the sentences without one
/// how many there were and how many were flagged.
#[derive(Debug, Default)]
pub struct Score {
    pub planted: Vec<(Error, usize, usize)>,
    pub faithful: usize,
    pub flagged: usize,
}

impl Score {
    pub fn of(cases: &[Case], mut told: impl FnMut(&Case, bool, &str)) -> Self {
        let mut score = Score { planted: Error::ALL.map(|error| (error, 0, 0)).to_vec(), ..Score::default() };
        for case in cases {
            let reading = karat::analysis::lens::read(&case.output, &[&case.source]);
            let meets = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
            let found = reading.findings.iter().any(|finding| meets(&finding.range, &case.wrong));
            let entry = score.planted.iter_mut().find(|entry| entry.0 == case.error).unwrap();
            entry.1 += 1;
            entry.2 += usize::from(found);
            if !found {
                told(case, false, &case.output[case.wrong.clone()]);
            }
            for sentence in reading.sentences.iter().filter(|sentence| !meets(&sentence.range, &case.wrong)) {
                score.faithful += 1;
                if let Some(finding) = reading.findings.iter().find(|finding| meets(&finding.range, &sentence.range)) {
                    score.flagged += 1;
                    let text = &case.output[sentence.range.clone()];
                    told(case, true, &format!("{text}: {} {}", finding.kind(), &case.output[finding.range.clone()]));
                }
            }
        }
        score
    }
}
