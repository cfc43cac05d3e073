//! The table: what was measured, beside its floor and its bound.

use crate::options::Bench;

/// One line of the table.
pub(crate) struct Figure {
    pub what: String,
    pub karat: String,
    pub floor: String,
    pub ratio: String,
    pub bound: String,
    pub ok: bool,
}

impl Figure {
    /// A rate that must be at least the floor's.
    pub(crate) fn rate(what: &str, karat: f64, floor: f64) -> Self {
        Self::rate_of(what, karat, floor, 1.0)
    }

    /// A rate that must be at least `least` times the floor's.
    pub(crate) fn rate_of(what: &str, karat: f64, floor: f64, least: f64) -> Self {
        let ratio = karat / floor;
        let told = |rate: f64| format!("{rate:.0} rows/s");
        Self::new(what, told(karat), told(floor), format!("{ratio:.2}"), format!(">= {least:.2}"), ratio >= least)
    }

    /// A time that may be at most `most` times the floor's.
    pub(crate) fn times(what: &str, karat: f64, floor: f64, most: f64) -> Self {
        let ratio = karat / floor;
        Self::new(what, millis(karat), millis(floor), format!("{ratio:.2}"), format!("<= {most:.2}"), ratio <= most)
    }

    /// Seconds of processor time, of which there may be at most `most` times the floor's.
    pub(crate) fn processor(what: &str, karat: f64, floor: f64, most: f64) -> Self {
        let ratio = karat / floor;
        let told = |seconds: f64| format!("{seconds:.2} s");
        Self::new(what, told(karat), told(floor), format!("{ratio:.2}"), format!("<= {most:.2}"), ratio <= most)
    }

    /// A time that may exceed the floor's by `most`.
    pub(crate) fn more(what: &str, karat: f64, floor: f64, most: f64) -> Self {
        let more = karat - floor;
        Self::new(
            what,
            millis(karat),
            millis(floor),
            format!("+{}", millis(more)),
            format!("<= +{most} ms"),
            more <= most,
        )
    }

    /// A quantity without a floor.
    pub(crate) fn at_most(what: &str, karat: f64, unit: &str, most: f64) -> Self {
        let bound = format!("<= {most} {unit}");
        Self::new(what, format!("{karat:.1} {unit}"), String::new(), String::new(), bound, karat <= most)
    }

    /// What is only told.
    pub(crate) fn told(what: &str, floor: String) -> Self {
        Self::new(what, String::new(), floor, String::new(), String::new(), true)
    }

    fn new(what: &str, karat: String, floor: String, ratio: String, bound: String, ok: bool) -> Self {
        Self { what: what.into(), karat, floor, ratio, bound, ok }
    }

    fn cells(&self) -> [&str; 6] {
        let verdict = if self.bound.is_empty() {
            ""
        } else if self.ok {
            "ok"
        } else {
            "over"
        };
        [&self.what, &self.karat, &self.floor, &self.ratio, &self.bound, verdict]
    }
}

pub(crate) fn millis(value: f64) -> String {
    format!("{value:.2} ms")
}

pub(crate) fn print(bench: &Bench, figures: &[Figure]) {
    let head = ["what", "karat", "floor", "ratio", "bound", ""];
    let rows: Vec<[&str; 6]> = figures.iter().map(Figure::cells).collect();
    let width = |column: usize| rows.iter().chain([&head]).map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    println!("{} items, {}", bench.items, bench.shape());
    println!("{}", line(&head, &widths));
    println!("|{}", widths.map(|width| format!("{}|", "-".repeat(width + 2))).concat());
    rows.iter().for_each(|row| println!("{}", line(row, &widths)));
}

fn line(cells: &[&str; 6], widths: &[usize; 6]) -> String {
    let cells = cells.iter().zip(widths).map(|(cell, width)| format!(" {cell:width$} |"));
    format!("|{}", cells.collect::<String>())
}
