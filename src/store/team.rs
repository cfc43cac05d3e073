//! Roles: what each person may do. A server enforces them itself
//! (`migrations/0008_team/postgres.sql`); for a file the program does, and anybody who may write
//! the file may write anything.

use super::engine::{Rights, Row, params};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::team::{Grant, Role};
use crate::domain::time::UtcMillis;

/// The columns that [`grant`] reads.
const COLUMNS: &str = "p.name, p.role, p.granted_by, p.granted_at";

/// What was granted to a name last, unless it was revoked.
pub(super) const PRESENT: &str =
    "p.role IS NOT NULL AND NOT EXISTS (SELECT 1 FROM person n WHERE n.name = p.name AND n.seq > p.seq)";

/// Which side enforces the roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    Program,
    Server { made_login: bool },
}

impl Store {
    /// Grants a role to a person; on a server their login is made where it is missing. The
    /// person who grants the first role becomes a lead.
    pub fn grant(
        &self,
        person: &str,
        role: Role,
        password: Option<&str>,
        actor: &str,
        now: UtcMillis,
    ) -> Result<Granted> {
        self.write(|tx| {
            let granted = match tx.engine.rights() {
                Some(rights) => Granted::Server { made_login: rights.make_login(person, password)? },
                None => Granted::Program,
            };
            tx.change_team(person, Some(role), actor, now).map(|()| granted)
        })
    }

    /// Lets a person do nothing any more. `false`: they were not on the team.
    pub fn revoke(&self, person: &str, actor: &str, now: UtcMillis) -> Result<bool> {
        self.write(|tx| {
            let is_there = tx.role_of(person)?.is_some();
            if is_there {
                tx.change_team(person, None, actor, now)?;
            }
            Ok(is_there)
        })
    }

    /// The people on the team, by name. In a file without a team everybody may do everything.
    pub fn team(&self) -> Result<Vec<Grant>> {
        self.all(&format!("SELECT {COLUMNS} FROM person p WHERE {PRESENT} ORDER BY p.name"), &[], grant)
    }

    /// All grants and revocations, oldest first.
    pub fn grants(&self) -> Result<Vec<Grant>> {
        self.all(&format!("SELECT {COLUMNS} FROM person p ORDER BY p.seq"), &[], grant)
    }

    /// On a server, the owner of the workspace, who may do everything regardless of grants.
    pub fn owner(&self) -> Result<Option<String>> {
        self.engine.rights().map(Rights::owner).transpose()
    }

    fn role_of(&self, person: &str) -> Result<Option<Role>> {
        let sql = "SELECT role FROM person WHERE name = ?1 ORDER BY seq DESC LIMIT 1";
        Ok(self.first(sql, params![person], |row| role(row, 0))?.flatten())
    }

    /// Whether it is an agent, who brings attempts alone.
    pub(super) fn is_agent(&self, person: &str) -> Result<bool> {
        Ok(self.role_of(person)? == Some(Role::Agent))
    }

    /// Whether somebody was granted something: a server has a team by itself.
    pub(super) fn has_rules(&self) -> Result<bool> {
        Ok(self.engine.rights().is_some() || self.has_team()?)
    }

    /// Whether the person is a lead, or on a server the workspace's owner.
    pub(super) fn leads(&self, person: &str) -> Result<bool> {
        Ok(self.role_of(person)? == Some(Role::Lead) || self.owner()?.as_deref() == Some(person))
    }

    fn has_team(&self) -> Result<bool> {
        Ok(self.first("SELECT seq FROM person LIMIT 1", &[], |row| row.need_int(0))?.is_some())
    }

    /// Fails, with the reason, where the person may look at the workspace and change nothing in it.
    pub fn refuse_onlooker(&self, person: &str) -> Result<()> {
        self.engine.refuse_writing()?;
        match self.decides {
            true => self.need(person, Role::Reviewer),
            false => {
                let role = self.role_of(person)?.unwrap_or(Role::Viewer);
                Err(StoreError::Forbidden(format!("`{person}` is {} here", role.phrase())))
            }
        }
    }

    /// SQL: the person at the marker has at least this role. In a file without a team everybody
    /// has every role.
    pub(super) fn has_role(&self, least: Role, person: &str) -> String {
        let newest = format!("(SELECT p.role FROM person p WHERE p.name = {person} ORDER BY p.seq DESC LIMIT 1)");
        let roles: Vec<String> =
            Role::ALL.into_iter().filter(|role| *role >= least).map(|role| format!("'{role}'")).collect();
        match self.engine.rights() {
            Some(_) if least == Role::Lead => "is_lead()".into(),
            Some(_) => format!("{person} IS NOT NULL"), // a server lets nobody else claim or decide
            None => format!("(NOT EXISTS (SELECT 1 FROM person) OR {newest} IN ({}))", roles.join(", ")),
        }
    }

    /// Refuses what the person may not do; a server refuses by itself.
    pub(super) fn need(&self, person: &str, least: Role) -> Result<()> {
        if self.engine.rights().is_some() {
            return Ok(());
        }
        match self.role_of(person)? {
            Some(role) if role >= least => Ok(()),
            Some(role) => {
                let (role, least) = (role.phrase(), least.phrase());
                Err(StoreError::Forbidden(format!("`{person}` is {role} here, and this takes {least}")))
            }
            None if self.has_team()? => Err(StoreError::Forbidden(format!("`{person}` is not on the team"))),
            None => Ok(()),
        }
    }
}

impl Tx<'_> {
    fn change_team(&self, person: &str, role: Option<Role>, actor: &str, now: UtcMillis) -> Result<()> {
        if let Some(rights) = self.engine.rights() {
            return rights.grant(person, role);
        }
        if !self.has_team()? {
            self.add_grant(actor, Some(Role::Lead), actor, now)?;
        }
        self.need(actor, Role::Lead)?;
        self.add_grant(person, role, actor, now)?;
        let leads = format!("SELECT COUNT(*) FROM person p WHERE p.role = 'lead' AND {PRESENT}");
        if self.number(&leads, &[])? == 0 {
            return Err(StoreError::LastLead(person.into()));
        }
        Ok(())
    }

    fn add_grant(&self, person: &str, role: Option<Role>, actor: &str, now: UtcMillis) -> Result<()> {
        let sql = "INSERT INTO person (name, role, granted_by, granted_at) VALUES (?1, ?2, ?3, ?4)";
        self.execute(sql, params![person, role.map(Role::word), actor, now]).map(drop)
    }
}

fn grant(row: &dyn Row) -> Result<Grant> {
    Ok(Grant { person: row.string(0)?, role: role(row, 1)?, granted_by: row.string(2)?, granted_at: row.need_int(3)? })
}

fn role(row: &dyn Row, column: usize) -> Result<Option<Role>> {
    row.text(column)?.map(str::parse).transpose().map_err(StoreError::Damaged)
}
