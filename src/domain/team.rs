//! Roles: what each person may do in a workspace.

use super::time::UtcMillis;
use std::fmt;
use std::str::FromStr;

/// Role of a person, which includes the rights of the roles before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Decides, under their own name alone.
    Reviewer,
    /// Applies specs, imports, tags, reprioritises, releases, grants.
    Lead,
}

impl Role {
    pub const ALL: [Role; 3] = [Role::Viewer, Role::Reviewer, Role::Lead];

    /// The word in arguments and in the workspace.
    pub fn word(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Reviewer => "reviewer",
            Role::Lead => "lead",
        }
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
        role.ok_or_else(|| format!("`{word}` is no role: there are viewer, reviewer and lead"))
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
