//! What a model judge's word is worth: its judgements beside the verdicts of people.
//!
//! A yes-or-no question is asked of each output: whether it is accepted, and of each failure category
//! whether it is there. An answer of "yes" is "accept", or the category's key.

mod told;

use super::stats::interval::{Share, wilson};
use super::stats::judge::{self as measure, Alternative, Annotated, Calibration, LEAST_ITEMS, Refusal, Sample};
use super::stats::proportion::upper_bound;
use super::stats::weighted::{WeightedCase, hajek};
use crate::domain::decision::Verdict;
use crate::domain::judge::Judge;
use std::collections::{BTreeMap, HashMap};

/// Of two-sided intervals, and of one-sided bounds.
pub const CONFIDENCE: f64 = 0.95;

/// What a judge may be worse than an expert for being cheaper, in the alternative-annotator test.
pub const MARGIN: f64 = 0.2;

/// Fewer outputs that are not settled are passed over: a share that has them in it would tell what the
/// judge says of each, which is hidden until then.
pub const LEAST_OPEN: usize = 10;

/// An output that a judge has judged: the first of its case.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedOutput {
    /// The item's row.
    pub item: i64,
    pub verdict: Verdict,
    /// Failure categories, as the judge says them; `None`: it says nothing of them.
    pub categories: Option<Vec<String>>,
    pub people: People,
    /// The rate at which sampling could take it, and whether it did. `None`: no rule applied.
    pub chance: Option<f64>,
    pub is_drawn: bool,
}

/// What people say of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum People {
    /// Their verdict of record.
    Settled {
        is_good: bool,
        categories: Vec<String>,
    },
    Open,
    /// What is of record is no person's judgement of this output.
    LeftOut(LeftOut),
}

/// Why an output is not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// It was decided together with others, which nobody read.
    Bulk,
    /// The verdict of record is under a judge's name.
    Model,
}

/// What a judge in one version comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeReport {
    pub judge: Judge,
    /// Outputs that it has judged, and that are counted here.
    pub judged: u64,
    /// Of those, the ones with people's verdict of record.
    pub compared: u64,
    /// Judged and not settled.
    pub open: u64,
    pub left_out: BTreeMap<LeftOut, u64>,
    /// Outputs that the judge would pass on: it accepts them not.
    pub escalated: u64,
    /// Whether it accepts what people accept.
    pub verdict: Measured,
    /// By failure category, in the order of the spec, where the judge names any at all.
    pub categories: Vec<(String, Measured)>,
    /// Accepting alone what the judge accepts, and rejecting alone what it rejects.
    pub accept_alone: Option<Alone>,
    pub reject_alone: Option<Alone>,
    /// `Err`: why the test cannot be made.
    pub alternative: Result<Alternative, String>,
    /// Rows of the items on which it and people disagree, those that it accepts and people do not first.
    pub disagreements: Vec<i64>,
}

/// A judge's answers to one question beside those of people.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    pub calibration: Calibration,
    /// Of the outputs of which people say yes, and of those of which they say no.
    pub sensitivity: Option<Share>,
    pub specificity: Option<Share>,
    /// The judge's yes among all that it has judged; without those that are open, where these are few.
    pub says: u64,
    pub of: u64,
    pub prevalence: Prevalence,
}

/// The share of yes among all judged outputs, corrected for the judge's errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Prevalence {
    pub estimate: Option<Estimate>,
    /// How people's labels came about, by which the method is chosen: a sentence without its end.
    pub labels: String,
    /// Why there is no estimate.
    pub refused: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub method: Method,
    pub share: f64,
    pub low: f64,
    pub high: f64,
    /// Share of people's labels that the judge saves, by PPI++.
    pub saves: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// People have judged all of them.
    Counted,
    RoganGladen,
    Ppi,
}

impl Method {
    /// The word in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Counted => "counted",
            Method::RoganGladen => "rogan_gladen",
            Method::Ppi => "ppi",
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Method::Counted => "counted",
            Method::RoganGladen => "Rogan-Gladen",
            Method::Ppi => "PPI++",
        }
    }
}

/// What would come of following the judge wherever it gives one verdict.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alone {
    /// Compared outputs to which it gives that verdict, and how many people decide otherwise.
    pub read: u64,
    pub wrong: u64,
    /// Of all to which it gives it, how many are wrong at most, one-sided.
    pub wrong_at_most: f64,
    /// Share of all judged outputs that need no review then; `None`: so few are open that it would
    /// tell what the judge says of these.
    pub fewer: Option<f64>,
}

/// How people's labels came about: what it says of the outputs that they have not read.
enum Labels {
    All,
    /// A random part, by the rates of sampling.
    Random,
    /// Chosen, for this reason.
    Chosen(String),
    /// All but so few that what is said of all would tell what the judge says of each.
    AllButFew(usize),
}

impl JudgeReport {
    /// The report on a judge. `categories` are the keys of the spec; `opinions` are those that people
    /// gave unseen on items that several were drawn for, by the item's row, people by their numbers.
    pub fn of(
        judge: Judge,
        judged: &[JudgedOutput],
        categories: &[String],
        opinions: &HashMap<i64, Vec<(usize, Verdict)>>,
    ) -> Self {
        let labels = Labels::of(judged);
        let verdict = Measured::of(judged, &labels, accepts, said_of_verdict);
        let names_any = judged.iter().any(|output| output.categories.as_ref().is_some_and(|said| !said.is_empty()));
        let keys = categories.iter().filter(|_| names_any);
        let categories = keys.map(|key| {
            let answers = |output: &JudgedOutput| of_category(output, key);
            (key.clone(), Measured::of(judged, &labels, answers, said_of_category))
        });
        let categories = categories.collect();
        let mut left_out = BTreeMap::new();
        for output in judged {
            if let People::LeftOut(why) = output.people {
                *left_out.entry(why).or_default() += 1;
            }
        }
        let count = |test: fn(&JudgedOutput) -> bool| judged.iter().filter(|output| test(output)).count() as u64;
        Self {
            judge,
            judged: judged.len() as u64,
            compared: count(|output| matches!(output.people, People::Settled { .. })),
            open: count(|output| output.people == People::Open),
            left_out,
            escalated: count(|output| output.verdict == Verdict::Escalate),
            verdict,
            categories,
            accept_alone: Alone::of(judged, &labels, Verdict::Accept),
            reject_alone: Alone::of(judged, &labels, Verdict::Reject),
            alternative: alternative(judged, opinions),
            disagreements: disagreements(judged),
        }
    }

    /// Why there is nothing to compare with: all that is settled is a model's.
    pub fn refusal(&self) -> Option<String> {
        let by_model = *self.left_out.get(&LeftOut::Model)?;
        (self.compared == 0).then(|| {
            format!(
                "the verdicts of record on {by_model} of the outputs that `{}` has judged are a model's: a judge is \
                 measured against people alone",
                self.judge
            )
        })
    }
}

/// The answers of people and of the judge to a question.
struct Answers {
    people: Option<bool>,
    judge: bool,
}

fn accepts(output: &JudgedOutput) -> Option<Answers> {
    let people = match output.people {
        People::Settled { is_good, .. } => Some(is_good),
        _ => None,
    };
    Some(Answers { people, judge: output.verdict == Verdict::Accept })
}

/// `None`: the judge says nothing of categories. Who accepts says that none is there.
fn of_category(output: &JudgedOutput, key: &String) -> Option<Answers> {
    let judge = match (&output.categories, output.verdict) {
        (Some(said), _) => said.contains(key),
        (None, Verdict::Accept) => false,
        (None, _) => return None,
    };
    let people = match &output.people {
        People::Settled { categories, .. } => Some(categories.contains(key)),
        _ => None,
    };
    Some(Answers { people, judge })
}

fn said_of_verdict(refusal: Refusal) -> String {
    refusal.to_string()
}

fn said_of_category(refusal: Refusal) -> String {
    match refusal {
        Refusal::NoneBad(all) => format!("people name it on all of the {all} compared outputs"),
        Refusal::NoneGood(all) => format!("people name it on none of the {all} compared outputs"),
        Refusal::NoSkill { accepts_good, accepts_bad } => format!(
            "the judge names it on {:.1} % of the outputs with it and on {:.1} % of those without",
            accepts_good * 100.0,
            accepts_bad * 100.0
        ),
        Refusal::FewOfEither { good, bad } => {
            format!("people name it on {good} outputs and not on {bad}, and 5 of either are needed")
        }
        other => other.to_string(),
    }
}

impl Labels {
    fn of(judged: &[JudgedOutput]) -> Self {
        let is_settled = |output: &JudgedOutput| matches!(output.people, People::Settled { .. });
        let unread = judged.iter().filter(|output| !is_settled(output)).count();
        if unread == 0 {
            return Labels::All;
        }
        let open = judged.iter().filter(|output| output.people == People::Open).count();
        if (1..LEAST_OPEN).contains(&open) {
            return Labels::AllButFew(open);
        }
        let without = judged.iter().filter(|output| output.chance.is_none()).count();
        if without > 0 {
            return Labels::Chosen(match without == judged.len() {
                true => "no rule of sampling says which outputs people read".into(),
                false => format!("no rule of sampling applied to {without} of the outputs"),
            });
        }
        let missing = judged.iter().filter(|output| output.is_drawn && !is_settled(output)).count();
        match missing {
            0 => Labels::Random,
            _ => Labels::Chosen(format!(
                "{missing} of the outputs that sampling took have no person's verdict, and which were read first was \
                 no matter of chance"
            )),
        }
    }
}

impl Measured {
    fn of(
        judged: &[JudgedOutput],
        labels: &Labels,
        ask: impl Fn(&JudgedOutput) -> Option<Answers>,
        say: fn(Refusal) -> String,
    ) -> Self {
        let mut calibration = Calibration::default();
        let (mut says, mut of) = (0, 0);
        let mut strata: BTreeMap<u64, Sample> = BTreeMap::new();
        for output in judged {
            let is_hidden = output.people == People::Open && matches!(labels, Labels::AllButFew(_));
            let Some(answers) = ask(output).filter(|_| !is_hidden) else { continue };
            (says, of) = (says + u64::from(answers.judge), of + 1);
            match answers.people {
                Some(true) => {
                    calibration.good += 1;
                    calibration.good_seen += u64::from(answers.judge);
                }
                Some(false) => {
                    calibration.bad += 1;
                    calibration.bad_seen += u64::from(!answers.judge);
                }
                None => {}
            }
            if let (Labels::Random, Some(chance)) = (labels, output.chance) {
                // Chances are not negative: their bits have their order.
                let sample = strata.entry(chance.to_bits()).or_default();
                match answers.people.filter(|_| output.is_drawn) {
                    Some(people) => *sample.of(people, answers.judge) += 1,
                    None => {
                        sample.unlabelled += 1;
                        sample.unlabelled_good += u64::from(answers.judge);
                    }
                }
            }
        }
        let strata: Vec<(f64, Sample)> =
            strata.into_iter().map(|(bits, sample)| (f64::from_bits(bits), sample)).collect();
        let Calibration { good, good_seen, bad, bad_seen } = calibration;
        Self {
            calibration,
            sensitivity: wilson(good_seen, good),
            specificity: wilson(bad_seen, bad),
            says,
            of,
            prevalence: Prevalence::of(calibration, says, of, labels, &strata, say),
        }
    }

    /// Outputs on which people have answered.
    pub fn compared(&self) -> u64 {
        self.calibration.good + self.calibration.bad
    }
}

impl Sample {
    fn of(&mut self, people: bool, judge: bool) -> &mut u64 {
        match (people, judge) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.person_only,
            (false, true) => &mut self.judge_only,
            (false, false) => &mut self.neither,
        }
    }
}

impl Prevalence {
    /// Why by this method, or by none: a sentence without its end.
    pub fn why(&self) -> String {
        match &self.refused {
            None => self.labels.clone(),
            Some(refused) => format!("{}; {refused}", self.labels),
        }
    }

    fn of(
        calibration: Calibration,
        says: u64,
        of: u64,
        labels: &Labels,
        strata: &[(f64, Sample)],
        say: fn(Refusal) -> String,
    ) -> Self {
        let compared = calibration.good + calibration.bad;
        if compared == 0 {
            let refused = Some("there is nothing to correct by".into());
            return Self { estimate: None, labels: "no output has a person's verdict".into(), refused };
        }
        let because = match labels {
            Labels::All => {
                let share = calibration.good as f64 / compared as f64;
                let estimate = Estimate { method: Method::Counted, share, low: share, high: share, saves: None };
                return Self::told(estimate, "people have judged all of them".into());
            }
            Labels::Random => match measure::ppi(strata, CONFIDENCE) {
                Ok(powered) => {
                    let (share, low, high) = (powered.share, powered.low, powered.high);
                    let saves = Some(powered.saves());
                    let estimate = Estimate { method: Method::Ppi, share, low, high, saves };
                    return Self::told(estimate, "people read a random part of them".into());
                }
                Err(refusal) => format!("people read a random part of them, but for PPI++ {}", say(refusal)),
            },
            Labels::Chosen(why) => format!("which outputs people read was chosen: {why}"),
            Labels::AllButFew(open) => {
                let refused = format!("under {LEAST_OPEN}, and the share would tell what the judge says of each");
                let labels = format!("{open} of the outputs are not settled");
                return Self { estimate: None, labels, refused: Some(refused) };
            }
        };
        match measure::rogan_gladen(calibration, says, of, CONFIDENCE) {
            Ok(corrected) => {
                let (share, low, high) = (corrected.share, corrected.low, corrected.high);
                let estimate = Estimate { method: Method::RoganGladen, share, low, high, saves: None };
                Self::told(estimate, because)
            }
            Err(refusal) => Self { estimate: None, labels: because, refused: Some(say(refusal)) },
        }
    }

    fn told(estimate: Estimate, labels: String) -> Self {
        Self { estimate: Some(estimate), labels, refused: None }
    }
}

impl Alone {
    fn of(judged: &[JudgedOutput], labels: &Labels, verdict: Verdict) -> Option<Self> {
        let said = || judged.iter().filter(|output| output.verdict == verdict);
        let mut cases = Vec::new();
        for output in said() {
            let People::Settled { is_good, .. } = output.people else { continue };
            // What was read at a rate of a tenth stands for ten.
            let weight = 1.0 / output.chance.filter(|chance| output.is_drawn && *chance > 0.0).unwrap_or(1.0);
            let is_wrong = is_good != (verdict == Verdict::Accept);
            cases.push(WeightedCase { items: 1, weight, good: if is_wrong { weight } else { 0.0 } });
        }
        let (read, wrong) = (cases.len() as u64, cases.iter().filter(|case| case.good > 0.0).count() as u64);
        let is_plain = cases.iter().all(|case| case.weight == cases[0].weight);
        let wrong_at_most = match is_plain {
            _ if read == 0 => return None,
            true => upper_bound(wrong as f64, read as f64, CONFIDENCE),
            false => hajek(&cases)?.upper_bound(CONFIDENCE),
        };
        let fewer = match labels {
            Labels::AllButFew(_) => None,
            _ => Some(said().count() as f64 / judged.len() as f64),
        };
        Some(Self { read, wrong, wrong_at_most, fewer })
    }
}

fn alternative(judged: &[JudgedOutput], opinions: &HashMap<i64, Vec<(usize, Verdict)>>) -> Result<Alternative, String> {
    let annotated: Vec<Annotated<Verdict>> = judged
        .iter()
        .filter_map(|output| {
            let people = opinions.get(&output.item).filter(|people| people.len() >= 2)?;
            Some(Annotated { judge: output.verdict, people: people.clone() })
        })
        .collect();
    let none = || match annotated.len() {
        0 => "on no output that it has judged are there opinions of two people who were drawn".to_owned(),
        both => format!(
            "{both} outputs that it has judged have opinions of two people who were drawn, and nobody has given \
             {LEAST_ITEMS} of them"
        ),
    };
    measure::alternative_annotator(&annotated, MARGIN).ok_or_else(none)
}

/// Those that the judge accepts and people reject come first: they would get through.
fn disagreements(judged: &[JudgedOutput]) -> Vec<i64> {
    let differs = |output: &&JudgedOutput| match output.people {
        People::Settled { is_good, .. } => is_good != (output.verdict == Verdict::Accept),
        _ => false,
    };
    let mut found: Vec<&JudgedOutput> = judged.iter().filter(differs).collect();
    found.sort_by_key(|output| (output.verdict != Verdict::Accept, output.item));
    found.iter().map(|output| output.item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(item: i64, verdict: Verdict, people: Option<bool>) -> JudgedOutput {
        let people = match people {
            Some(is_good) => {
                let categories = if is_good { Vec::new() } else { vec!["cold".to_owned()] };
                People::Settled { is_good, categories }
            }
            None => People::Open,
        };
        JudgedOutput { item, verdict, categories: None, people, chance: None, is_drawn: false }
    }

    /// So many outputs each: the judge's verdict, people's, how many.
    fn outputs(counts: &[(Verdict, Option<bool>, usize)]) -> Vec<JudgedOutput> {
        let each = counts.iter().flat_map(|(verdict, people, count)| std::iter::repeat_n((*verdict, *people), *count));
        each.zip(1..).map(|((verdict, people), item)| output(item, verdict, people)).collect()
    }

    fn report(judged: &[JudgedOutput]) -> JudgeReport {
        JudgeReport::of(Judge::default(), judged, &["cold".into()], &HashMap::new())
    }

    use Verdict::{Accept, Escalate, Reject};

    /// As in the worked example: 46 of 50 good and 44 of 50 bad are seen; 400 of 500 are accepted.
    fn worked() -> Vec<JudgedOutput> {
        outputs(&[
            (Accept, Some(true), 46),
            (Reject, Some(true), 4),
            (Reject, Some(false), 40),
            (Escalate, Some(false), 4),
            (Accept, Some(false), 6),
            (Accept, None, 348),
            (Reject, None, 52),
        ])
    }

    #[test]
    fn a_chosen_set_is_corrected_by_the_errors_in_it() {
        let found = report(&worked());
        assert_eq!((found.judged, found.compared, found.open, found.escalated), (500, 100, 400, 4));
        let verdict = &found.verdict;
        assert_eq!(verdict.sensitivity.map(|share| share.share), Some(0.92));
        assert_eq!(verdict.specificity.map(|share| share.share), Some(0.88), "passing it on is not accepting it");
        let estimate = verdict.prevalence.estimate.unwrap();
        assert_eq!(estimate.method, Method::RoganGladen);
        assert!((estimate.share - 0.85).abs() < 1e-9 && (estimate.low - 0.768_647_947_8).abs() < 1e-9);
        assert!(verdict.prevalence.why().contains("no rule of sampling"), "{}", verdict.prevalence.why());
        assert_eq!(found.disagreements.len(), 10);
        assert_eq!(found.disagreements[0], 95, "what it accepts and people do not comes first");
        assert!(found.categories.is_empty(), "it names none at all");
    }

    #[test]
    fn a_random_part_is_made_more_certain_by_the_judge() {
        let mut judged = worked();
        for output in &mut judged {
            output.chance = Some(0.2);
            output.is_drawn = matches!(output.people, People::Settled { .. });
        }
        let found = report(&judged);
        let estimate = found.verdict.prevalence.estimate.unwrap();
        assert_eq!(
            (estimate.method, found.verdict.prevalence.labels.as_str()),
            (Method::Ppi, "people read a random part of them")
        );
        assert!(estimate.saves.unwrap() > 0.2, "{estimate:?}");
        judged.iter_mut().find(|output| output.people == People::Open).unwrap().is_drawn = true;
        let found = report(&judged).verdict.prevalence;
        assert_eq!(found.estimate.unwrap().method, Method::RoganGladen);
        assert!(
            found.labels.contains("1 of the outputs that sampling took have no person's verdict"),
            "{}",
            found.labels
        );
    }

    #[test]
    fn a_refused_method_is_told_beside_the_other() {
        let mut judged = outputs(&[(Accept, Some(true), 10), (Reject, Some(false), 6), (Accept, None, 80)]);
        for output in &mut judged {
            output.chance = Some(0.2);
            output.is_drawn = matches!(output.people, People::Settled { .. });
        }
        let found = report(&judged).verdict.prevalence;
        assert_eq!(found.estimate.unwrap().method, Method::RoganGladen);
        assert!(
            found.labels.ends_with("for PPI++ 16 outputs have a person's verdict, and 30 are needed"),
            "{}",
            found.labels
        );
    }

    #[test]
    fn what_people_judged_whole_is_counted() {
        let judged = outputs(&[(Accept, Some(true), 3), (Reject, Some(false), 1)]);
        let found = report(&judged).verdict.prevalence.estimate.unwrap();
        assert_eq!((found.method, found.share), (Method::Counted, 0.75));
    }

    #[test]
    fn following_it_alone_is_bounded() {
        let found = report(&worked()).accept_alone.unwrap();
        assert_eq!((found.read, found.wrong), (52, 6));
        assert!((found.wrong_at_most - upper_bound(6.0, 52.0, 0.95)).abs() < 1e-12);
        assert_eq!(found.fewer, Some(0.8));
        let unread = outputs(&[(Accept, None, 3), (Reject, Some(false), 1)]);
        assert_eq!(report(&unread).accept_alone, None);
        let mut weighed = outputs(&[(Accept, Some(true), 30), (Accept, Some(false), 1)]);
        for output in &mut weighed {
            output.is_drawn = true;
            output.chance = Some(if output.item == 31 { 0.1 } else { 1.0 });
        }
        let heavy = report(&weighed).accept_alone.unwrap();
        assert!(heavy.wrong_at_most > 10.0 / 40.0, "the wrong one stands for ten: {heavy:?}");
    }

    #[test]
    fn a_few_open_outputs_are_not_told_by_shares() {
        let judged = outputs(&[(Accept, Some(true), 30), (Reject, Some(false), 10), (Reject, None, 9)]);
        let found = report(&judged);
        assert_eq!((found.judged, found.open, found.verdict.says, found.verdict.of), (49, 9, 30, 40));
        assert_eq!((found.verdict.prevalence.estimate, found.accept_alone.unwrap().fewer), (None, None));
        assert!(found.verdict.prevalence.why().starts_with("9 of the outputs are not settled; under 10"));
        let more = outputs(&[(Accept, Some(true), 30), (Reject, Some(false), 10), (Reject, None, 10)]);
        assert_eq!((report(&more).verdict.of, report(&more).accept_alone.unwrap().fewer), (50, Some(0.6)));
    }

    #[test]
    fn categories_are_counted_where_it_speaks_of_them() {
        let mut judged = worked();
        for output in &mut judged {
            output.categories = (output.verdict == Reject).then(|| vec!["cold".to_owned()]);
        }
        let found = report(&judged);
        let (key, cold) = &found.categories[0];
        assert_eq!((key.as_str(), cold.of), ("cold", 496), "of what it passes on it says nothing");
        assert_eq!(cold.calibration, Calibration { good: 46, good_seen: 40, bad: 50, bad_seen: 46 });
    }

    #[test]
    fn labels_of_a_model_are_refused() {
        let mut judged = outputs(&[(Accept, Some(true), 2)]);
        judged[0].people = People::LeftOut(LeftOut::Bulk);
        judged[1].people = People::LeftOut(LeftOut::Model);
        let found = report(&judged);
        assert!(found.refusal().unwrap().contains("on 1 of the outputs"), "{:?}", found.refusal());
        let compared = outputs(&[(Accept, Some(true), 2)]);
        assert_eq!(report(&compared).refusal(), None);
    }

    #[test]
    fn the_test_for_a_stand_in_needs_people_who_were_drawn() {
        let judged = outputs(&[(Accept, None, 40)]);
        assert!(report(&judged).alternative.unwrap_err().starts_with("on no output"));
        let two: HashMap<_, _> = (1..=40).map(|item| (item, vec![(0, Accept), (1, Accept)])).collect();
        let found = JudgeReport::of(Judge::default(), &judged, &[], &two).alternative.unwrap();
        assert!(found.passes() && found.people.len() == 2, "{found:?}");
        let few: HashMap<_, _> = (1..=12).map(|item| (item, vec![(0, Accept), (1, Accept)])).collect();
        let told = JudgeReport::of(Judge::default(), &judged, &[], &few).alternative.unwrap_err();
        assert!(told.starts_with("12 outputs that it has judged"), "{told}");
    }
}
