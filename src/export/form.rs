//! In which form rows are written: the format, which of the columns and under which names, in which
//! parts, how they are compressed.

use super::blocks::{Blocks, write_beside};
use super::columns::ExportColumn;
use super::compression::{Compression, Packer};
use super::file::{FilePlan, Publication, Published, of_part, suffixed};
use super::format::{Cover, Folder, Format};
use super::redaction::Redaction;
use super::split::{Share, Split};
use super::{ExportError, Exported};
use crate::domain::format_option::GivenOptions;
use crate::domain::queue::Queue;
use crate::domain::time::{UtcMillis, format_rfc3339};
use crate::text::suggest;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The form of an export.
#[derive(Clone)]
pub struct Form {
    pub format: &'static dyn Format,
    pub options: GivenOptions,
    /// Names of the columns that are written, in their order; all, when empty.
    pub columns: Vec<String>,
    /// Other names for columns: each a column's name and what is written in its place.
    pub renames: Vec<(String, String)>,
    pub compression: Option<Compression>,
    pub split: Option<Split>,
    pub redaction: Option<Redaction>,
    /// Once it is set, the export ends without having written anything.
    pub stop: Arc<AtomicBool>,
}

/// Where the rows of an export come from.
pub(super) struct Source<'a> {
    pub queue: &'a Queue,
    pub filter: Option<&'a str>,
    pub at: Option<UtcMillis>,
}

/// The columns that are written.
pub(super) struct Chosen {
    /// As they are called in the file.
    pub columns: Vec<ExportColumn>,
    /// The place of each among those that there are.
    pub places: Vec<usize>,
}

/// Why the columns of an export cannot be as they were asked for.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct ColumnError {
    pub reason: String,
    pub hint: String,
}

impl Form {
    /// The format as it is, with all of its columns, in one file.
    pub fn plain(format: &'static dyn Format) -> Self {
        let (columns, renames) = (Vec::new(), Vec::new());
        let (options, stop) = (GivenOptions::default(), Arc::default());
        Self { format, options, columns, renames, compression: None, split: None, redaction: None, stop }
    }

    /// How many parts it has.
    pub(super) fn parts(&self) -> usize {
        self.split.as_ref().map_or(1, |split| split.shares().len())
    }

    /// The columns that are asked for, else those of `otherwise`, else all. Fails where one is not there, or
    /// two would have one name.
    pub(super) fn choose(&self, mut columns: Vec<ExportColumn>, otherwise: &[&str]) -> Result<Chosen, ColumnError> {
        let chooses = !self.columns.is_empty() || !self.renames.is_empty();
        if chooses && !self.format.has_columns() {
            let reason = format!("the members of {} are its own", self.format.name());
            return Err(ColumnError { reason, hint: "--columns and --rename are for tables, such as --to csv".into() });
        }
        let place = |name: &str| {
            let found = columns.iter().position(|column| column.name == name);
            found.ok_or_else(|| unknown(name, columns.iter().map(|column| column.name.as_str())))
        };
        let places = match (&self.columns[..], otherwise) {
            ([], []) => (0..columns.len()).collect(),
            ([], names) => names.iter().map(|name| place(name)).collect::<Result<Vec<_>, _>>()?,
            (names, _) => names.iter().map(|name| place(name)).collect::<Result<Vec<_>, _>>()?,
        };
        let renamed = self.renames.iter().map(|(name, new)| Ok((place(name)?, new))).collect::<Result<Vec<_>, _>>()?;
        for (at, new) in renamed {
            if !places.contains(&at) {
                let reason = format!("--columns leaves out the column `{}`, which is to be renamed", columns[at].name);
                return Err(ColumnError { reason, hint: "name it in --columns too".into() });
            }
            columns[at].name.clone_from(new);
        }
        let columns: Vec<_> = places.iter().map(|at| columns[*at].clone()).collect();
        for (at, column) in columns.iter().enumerate() {
            if columns[..at].iter().any(|other| other.name == column.name) {
                let reason = format!("two columns would be called `{}`", column.name);
                return Err(ColumnError { reason, hint: "give one of them another name with --rename OLD=NEW".into() });
            }
        }
        Ok(Chosen { columns, places })
    }

    /// How the files are compressed as a whole.
    fn outside(&self) -> Result<Option<Compression>, ExportError> {
        match (self.compression, self.format.compresses_itself()) {
            (compression, None) => Ok(compression),
            (Some(compression), Some(own)) if !own.contains(&compression) => {
                Err(ExportError::Compression { format: self.format.name(), compression, own })
            }
            (_, Some(_)) => Ok(None),
        }
    }

    /// Writes to `out` what `fill` makes. Fails with a form of several files.
    pub(super) fn write(
        &self,
        out: &mut (dyn Write + Send),
        fill: impl FnOnce(&mut Blocks) -> Result<Exported, ExportError>,
    ) -> Result<Exported, ExportError> {
        if self.parts() > 1 {
            return Err(ExportError::SeveralFiles("a split"));
        }
        if !self.format.further_files().is_empty() || self.format.folder().is_some() {
            return Err(ExportError::SeveralFiles(self.format.name()));
        }
        let mut out = Packer::new(out, self.outside()?)?;
        let exported = write_beside(&mut [&mut out], 1, fill)?;
        out.finish()?.flush()?;
        Ok(exported)
    }

    /// Writes each file that `fill` makes to a temporary one beside `path`, renames them, and puts
    /// `PATH.manifest.json` beside them; or the folder with its cover, as one.
    pub(super) fn publish<M: Serialize>(
        &self,
        path: &Path,
        source: &Source,
        fill: impl FnOnce(&mut Blocks) -> Result<Exported, ExportError>,
        manifest: impl FnOnce(&Exported) -> M,
    ) -> Result<Published, ExportError> {
        let folder = self.format.folder();
        let mut publication = match &folder {
            Some(folder) => Publication::create_folder(path, self.files_in(folder)?)?,
            None => Publication::create(path, self.files(path)?)?,
        };
        let mut exported = write_beside(&mut publication.files(), self.parts(), fill)?;
        if let Some(compression) =
            self.outside()?.filter(|compression| folder.is_none() && !compression.is_told_by(path))
        {
            exported.notes.push(format!("compressed with {compression}, which the name does not say"));
        }
        if let Some(folder) = folder {
            publication.add(folder.cover, &(folder.write_cover)(&self.cover(source, &exported)))?;
        }
        let form = FormManifest::of(self, &exported);
        let manifest = Whole { manifest: manifest(&exported), form };
        Ok(publication.publish(&manifest, exported)?)
    }

    fn cover<'a>(&'a self, source: &Source<'a>, exported: &'a Exported) -> Cover<'a> {
        let names: Vec<Option<&str>> = match &self.split {
            Some(split) => split.shares().iter().map(|share| Some(share.name.as_str())).collect(),
            None => vec![None],
        };
        Cover {
            options: &self.options,
            queue: &source.queue.name,
            spec: &source.queue.spec.spec,
            spec_version: source.queue.spec.version,
            counts: exported.counts,
            parts: names.into_iter().zip(exported.rows_of_parts.iter().copied()).collect(),
            split: self.split.as_ref(),
            categories: &exported.categories,
            redacted: &exported.redacted,
            filter: source.filter,
            at: source.at.map(format_rfc3339),
        }
    }

    /// The file of each part, by its path in the folder.
    fn files_in(&self, folder: &Folder) -> Result<Vec<FilePlan>, ExportError> {
        let compression = self.outside()?;
        let plan =
            |split: Option<String>| FilePlan { path: (folder.part)(split.as_deref()).into(), compression, split };
        Ok(match &self.split {
            None => vec![plan(None)],
            Some(split) => split.shares().iter().map(|share| plan(Some(share.name.clone()))).collect(),
        })
    }

    /// The files, those of each part together.
    fn files(&self, path: &Path) -> Result<Vec<FilePlan>, ExportError> {
        let compression = self.outside()?;
        let shares = self.split.iter().flat_map(Split::shares);
        let parts: Vec<(PathBuf, Option<String>)> = match &self.split {
            None => vec![(path.to_owned(), None)],
            Some(_) => shares.map(|share| (of_part(path, &share.name), Some(share.name.clone()))).collect(),
        };
        let files = parts.into_iter().flat_map(|(path, split)| {
            let further = self.format.further_files().iter().map(|suffix| suffixed(&path, suffix));
            let further = further.map(|path| FilePlan { path, compression: None, split: split.clone() });
            let further: Vec<_> = further.collect();
            std::iter::once(FilePlan { path, compression, split }).chain(further)
        });
        Ok(files.collect())
    }
}

fn unknown<'c>(name: &str, columns: impl Iterator<Item = &'c str> + Clone) -> ColumnError {
    let hint = match suggest::nearest(name, columns.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the columns are {}", columns.collect::<Vec<_>>().join(", ")),
    };
    ColumnError { reason: format!("there is no column `{name}`"), hint }
}

/// What a manifest says, with the form.
#[derive(Serialize)]
struct Whole<'a, M> {
    #[serde(flatten)]
    manifest: M,
    #[serde(flatten)]
    form: FormManifest<'a>,
}

#[derive(Serialize)]
struct FormManifest<'a> {
    /// The names in the file by those of the columns, where they differ.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    renamed: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'static str>,
    /// How much was taken out, by the pattern.
    #[serde(skip_serializing_if = "Map::is_empty")]
    redacted: Map<String, Value>,
    #[serde(rename = "splits", skip_serializing_if = "Option::is_none")]
    split: Option<SplitManifest<'a>>,
}

#[derive(Serialize)]
struct SplitManifest<'a> {
    by: &'static str,
    seed: u64,
    parts: Vec<PartManifest<'a>>,
}

#[derive(Serialize)]
struct PartManifest<'a> {
    #[serde(flatten)]
    share: &'a Share,
    rows: u64,
}

impl<'a> FormManifest<'a> {
    fn of(form: &'a Form, exported: &Exported) -> Self {
        let parts = |split: &'a Split| {
            let parts = split.shares().iter().zip(&exported.rows_of_parts);
            parts.map(|(share, rows)| PartManifest { share, rows: *rows }).collect()
        };
        Self {
            renamed: form.renames.iter().map(|(name, new)| (name.as_str(), new.as_str())).collect(),
            compression: form.compression.map(Compression::as_str),
            redacted: exported.redacted.iter().map(|(name, count)| (name.clone(), (*count).into())).collect(),
            split: form.split.as_ref().map(|split| SplitManifest { by: "case", seed: split.seed, parts: parts(split) }),
        }
    }
}
