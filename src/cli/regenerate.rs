//! `karat regenerate`: stands in for the program that asks a model, in the sample queues.

use super::report::Suggest;
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::{Result, WrapErr};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::io::{Write, stdin, stdout};
use std::process::ExitCode;

/// The model that is named as the writer.
const STAND_IN: &str = "stand-in";

#[derive(Args)]
pub(super) struct Regenerate {}

/// What it reads of a line of `karat retry`.
#[derive(Deserialize)]
struct Line {
    output: Box<RawValue>,
    correction: Box<RawValue>,
}

impl Regenerate {
    /// Prints an item: the correction, or else the same output again, which says so where it is a text.
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut line = String::new();
        stdin().read_line(&mut line)?;
        let line: Line = serde_json::from_str(&line)
            .wrap_err("standard input is no line of `karat retry`")
            .suggestion("this stands in for a program that asks a model: `karat retry QUEUE --run` starts it")?;
        let output = match line.correction.get() {
            "null" => again(line.output)?,
            _ => line.correction,
        };
        let item = json!({ "output": output, "model": STAND_IN }).to_string();
        stdout().write_all(format!("{}\n", sanitize::json(&item)).as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

fn again(output: Box<RawValue>) -> Result<Box<RawValue>> {
    match serde_json::from_str::<Value>(output.get()) {
        Ok(Value::String(text)) => {
            let marked = Value::from(format!("(Made again by a stand-in: no model was asked.)\n\n{text}"));
            Ok(RawValue::from_string(marked.to_string())?)
        }
        _ => Ok(output),
    }
}
