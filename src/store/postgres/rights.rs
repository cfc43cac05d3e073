//! What people may do, kept by PostgreSQL itself (`migrations/0008_team/postgres.sql`): a person is a login.

use super::Postgres;
use crate::domain::team::Role;
use crate::store::engine::{Engine, Param, Rights};
use crate::store::error::{Result, StoreError, quoted};

/// Longer names are cut off by the server.
const LONGEST_LOGIN: usize = 63;

impl Rights for Postgres {
    fn owner(&self) -> Result<String> {
        let sql = "SELECT CAST(pg_get_userbyid(relowner) AS TEXT) FROM pg_class WHERE oid = 'karat.queue'::regclass";
        let owner = self.rows(sql, &[])?.first().and_then(|row| row.get(0));
        owner.ok_or_else(|| StoreError::Damaged("the table of queues is gone".into()))
    }

    fn is_owner(&self) -> Result<bool> {
        Ok(self.rows("SELECT is_owner()", &[])?.first().is_some_and(|row| row.get(0)))
    }

    fn make_login(&self, person: &str, password: Option<&str>) -> Result<bool> {
        if person.len() > LONGEST_LOGIN {
            return Err(StoreError::Forbidden(format!("a login on a server has at most {LONGEST_LOGIN} bytes")));
        }
        if !self.rows("SELECT 1 FROM pg_roles WHERE rolname = ?1", &[Param::Text(person)])?.is_empty() {
            return Ok(false);
        }
        // The server is sent what it keeps, so that the password itself is in no log of its.
        let secret = password.map(|password| postgres_protocol::password::scram_sha_256(password.as_bytes()));
        let secret = secret.map(|secret| format!(" PASSWORD '{secret}'")).unwrap_or_default();
        let made = self.batch(&format!("CREATE ROLE {} LOGIN{secret}", quoted(person)));
        made.map(|()| true).map_err(|error| match error {
            StoreError::Forbidden(_) => StoreError::NoLogin(person.into()),
            other => other,
        })
    }

    fn grant(&self, person: &str, role: Option<Role>) -> Result<()> {
        let role = role.map_or(Param::Null, |role| Param::Text(role.word()));
        self.execute("SELECT team_grant(?1, ?2)", &[Param::Text(person), role]).map(drop)
    }

    fn own(&self) -> Result<Option<Role>> {
        let sql =
            "SELECT CASE WHEN is_agent() THEN 'agent' WHEN has_table_privilege('karat.spec', 'INSERT') THEN 'lead'
            WHEN has_any_column_privilege('karat.decision', 'INSERT') THEN 'reviewer'
            WHEN has_table_privilege('karat.decision', 'SELECT') THEN 'viewer' END";
        let rows = self.rows(sql, &[])?;
        let word: Option<&str> = rows.first().and_then(|row| row.get(0));
        word.map(str::parse).transpose().map_err(StoreError::Damaged)
    }
}
