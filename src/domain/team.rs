//! Roles: what each person may do in a workspace.

use super::time::UtcMillis;
use std::fmt;
use std::str::FromStr;

/// Role of a person, or of a program. Each may read. A lead may what a reviewer may; what an agent
/// may, a lead may too, and a reviewer not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Brings attempts at cases that there are, and decides nothing.
    Agent,
    /// Decides, under their own name alone.
    Reviewer,
    /// Applies specs, imports, tags, reprioritises, releases, grants.
    Lead,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Viewer, Role::Agent, Role::Reviewer, Role::Lead];

    /// The word in arguments and in the workspace.
    pub fn word(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Agent => "agent",
            Role::Reviewer => "reviewer",
            Role::Lead => "lead",
        }
    }

    /// The word in sentences: "a reviewer", "an agent".
    pub fn phrase(self) -> String {
        let article = if self == Role::Agent { "an" } else { "a" };
        format!("{article} {self}")
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let role = Role::ALL.into_iter().find(|role| role.word() == word);
        role.ok_or_else(|| format!("`{word}` is no role: there are viewer, agent, reviewer and lead"))
    }
}

/// Somebody with the role that they have now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub person: String,
    pub role: Role,
}

/// Role that was granted to a person, or revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub person: String,
    /// `None`: revoked.
    pub role: Option<Role>,
    pub granted_by: String,
    pub granted_at: UtcMillis,
}
