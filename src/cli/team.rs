//! `karat team`: who may do what.

use super::context::{self, Context};
use super::output::{Hinted, aside, json_line, line};
use super::report::Suggest;
use crate::domain::team::{Grant, Role};
use crate::domain::time::format_rfc3339;
use crate::store::Granted;
use crate::text::sanitize;
use clap::Subcommand;
use color_eyre::eyre::{Result, eyre};
use serde_json::json;
use std::io::IsTerminal;
use std::process::ExitCode;

#[derive(Subcommand)]
pub(super) enum Team {
    /// Let a person read (viewer), decide too (reviewer), or import and apply specs too (lead)
    Grant {
        /// The name that the person works under; on a server, their login
        person: String,
        /// viewer, agent, reviewer or lead; it takes the place of an earlier one
        #[arg(long)]
        role: Role,
        /// On a server: the first line of standard input is the password of a login that is made; at a
        /// terminal it is asked for
        #[arg(long)]
        password_stdin: bool,
        /// Under whose name; by default that of the settings, else the login name
        #[arg(long = "as", value_name = "LEAD")]
        lead: Option<String>,
    },
    /// Let a person do nothing any more
    Revoke {
        person: String,
        /// Under whose name; by default that of the settings, else the login name
        #[arg(long = "as", value_name = "LEAD")]
        lead: Option<String>,
    },
    /// Print who may do what
    List {
        /// Whatever was granted and revoked, oldest first
        #[arg(long)]
        history: bool,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
}

impl Team {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        match self {
            Team::Grant { person, role, password_stdin, lead } => {
                grant(context, &person, role, password_stdin, lead.as_deref())?;
            }
            Team::Revoke { person, lead } => revoke(context, &person, lead.as_deref())?,
            Team::List { history, json } => list(context, history, json)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn grant(context: &Context, person: &str, role: Role, password_stdin: bool, lead: Option<&str>) -> Result<()> {
    let (person, lead) = (context::name(person)?, context.reviewer(lead)?);
    let store = context.existing_store()?;
    let is_server = store.owner().hinted()?.is_some();
    if password_stdin && !is_server {
        return Err(eyre!("a workspace in a file has no passwords")).suggestion("leave --password-stdin out");
    }
    let password = password_stdin.then(|| read_password(&person)).transpose()?;
    let is_first = !is_server && store.team().hinted()?.is_empty();
    let granted = store.grant(&person, role, password.as_deref(), &lead, store.now()).hinted()?;
    line(&format!("{person} is {} now", role.phrase()))?;
    match granted {
        Granted::Program if is_first => {
            let led = if lead == person { String::new() } else { format!("{lead} leads this team; ") };
            aside(&format!("{led}karat keeps to it, but whoever may write the file may write anything"));
        }
        Granted::Server { made_login: true } if password.is_none() => {
            aside("their login was made without a password: --password-stdin, or `\\password` in psql, sets one");
        }
        Granted::Server { made_login: false } if password.is_some() => {
            aside("their login was there already, and keeps its password");
        }
        _ => {}
    }
    Ok(())
}

fn revoke(context: &Context, person: &str, lead: Option<&str>) -> Result<()> {
    let lead = context.reviewer(lead)?;
    let store = context.existing_store()?;
    if !store.revoke(person, &lead, store.now()).hinted()? {
        return Err(eyre!("`{person}` is not on the team")).suggestion("`karat team list` tells who is");
    }
    line(&format!("{person} may do nothing here any more"))
}

fn list(context: &Context, history: bool, json: bool) -> Result<()> {
    let store = context.existing_store()?;
    let grants = if history { store.grants().hinted()? } else { store.team().hinted()? };
    let owner = store.owner().hinted()?;
    if json {
        return grants.iter().try_for_each(|grant| json_line(&as_json(grant)));
    }
    if grants.is_empty() && owner.is_none() {
        aside("nobody was granted a role, so everybody may do everything");
    }
    let names = grants.iter().map(|grant| &grant.person).chain(&owner);
    let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
    if let Some(owner) = &owner {
        line(&format!("{owner:width$}  owner     the workspace is theirs"))?;
    }
    grants.iter().try_for_each(|Grant { person, role, granted_by, granted_at }| {
        let (role, done) = role.map_or(("-", "revoked"), |role| (role.word(), "granted"));
        let at = format_rfc3339(*granted_at);
        line(&format!("{person:width$}  {role:8}  {done} by {granted_by}, {at}"))
    })
}

fn as_json(grant: &Grant) -> serde_json::Value {
    json!({
        "person": grant.person,
        "role": grant.role.map(Role::word),
        "granted_by": grant.granted_by,
        "granted_at": format_rfc3339(grant.granted_at),
    })
}

/// The first line of standard input; at a terminal it is asked for twice, and not shown.
fn read_password(person: &str) -> Result<String> {
    if std::io::stdin().is_terminal() {
        let password = rpassword::prompt_password(sanitize::line(&format!("password for {person}: ")))?;
        if password != rpassword::prompt_password("the same again: ")? {
            return Err(eyre!("the two passwords differ; nothing was changed"));
        }
        return non_empty(&password);
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    non_empty(line.trim_end_matches(['\r', '\n']))
}

fn non_empty(password: &str) -> Result<String> {
    if password.is_empty() {
        return Err(eyre!("standard input holds no password")).suggestion("write it on the first line");
    }
    Ok(password.to_owned())
}
