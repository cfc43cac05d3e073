//! Reading on in one file: parts of one that grows, or all of one that is whole.

use super::file::{FollowedFile, Form, PART_BYTES};
use super::listing::{Named, Stamp};
use super::{ENDED_AFTER, LEFT_AFTER, Step, WHOLE_AFTER, Watch, Watching};
use crate::domain::followed::Mark;
use crate::import::{Part, Shape};
use crate::ingest::{Failure, Ingest, IngestError, Source};
use crate::text::causes::with_causes;
use std::fs::File;
use std::sync::atomic::Ordering;

impl Watch<'_> {
    /// Reads a file that has lost its name to its end; settled when nothing is written to it any more.
    pub(super) fn read_out(&mut self, file: &mut FollowedFile, watching: &mut dyn Watching) -> Result<Step, Failure> {
        if let Ok(metadata) = file.handle.as_ref().map_or_else(|| file.path.metadata(), File::metadata) {
            file.see(Stamp::of(&metadata));
        }
        loop {
            if watching.stop().load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
            match self.work(file, watching)? {
                Step::More => {}
                Step::Retry => return Ok(Step::Settled),
                Step::Settled | Step::After(_) => break,
            }
        }
        let has_rest = file.length()? > file.followed.mark.position;
        match (file.named, file.quiet_for()) {
            (Named::ByItsFolder, quiet) if quiet < ENDED_AFTER && has_rest => {
                return Ok(Step::After(ENDED_AFTER - quiet));
            }
            (Named::ByItsFolder, quiet) if quiet < ENDED_AFTER => return Ok(Step::Retry),
            (Named::Itself, quiet) if quiet < LEFT_AFTER || !file.has_left_for(LEFT_AFTER) => return Ok(Step::Retry),
            _ => {}
        }
        self.take_rest(file, watching)?;
        Ok(Step::Settled)
    }

    /// Reads a part of a file, or all of one that is whole.
    pub(super) fn work(&mut self, file: &mut FollowedFile, watching: &mut dyn Watching) -> Result<Step, Failure> {
        match self.try_to_work(file, watching) {
            Err(Failure::Read(error)) => {
                let why = format!("cannot be read ({error})");
                if file.told.as_deref() != Some(&why) {
                    watching.unread(&file.path, &why);
                    file.told = Some(why);
                }
                file.handle = None;
                Ok(Step::Retry)
            }
            outcome => outcome,
        }
    }

    pub(super) fn tell(&self, file: &mut FollowedFile, why: &str, watching: &mut dyn Watching) {
        if file.told.as_deref() != Some(why) {
            file.told = Some(why.to_owned());
            watching.passed_over(&file.path, why);
        }
    }

    fn try_to_work(&mut self, file: &mut FollowedFile, watching: &mut dyn Watching) -> Result<Step, Failure> {
        if !file.is_where_it_was()? {
            self.begin_anew(file, watching);
            return Ok(Step::More); // what is left of what it was comes first
        }
        if matches!(file.form, None | Some(Form::Untold)) {
            file.form = match file.shape(&self.reading)? {
                Shape::Untold => {
                    file.form = Some(Form::Untold);
                    let is_empty = file.length()? == 0;
                    return Ok(if is_empty { Step::Settled } else { file.again_when_quiet_for(ENDED_AFTER) });
                }
                Shape::Whole => Some(Form::Whole),
                Shape::Growing(growing) => match watching.mapping(&file.path) {
                    Ok(mapping) => Some(Form::Growing { growing, mapping }),
                    Err(why) => {
                        self.tell(file, &why, watching);
                        return Ok(Step::Settled);
                    }
                },
            };
        }
        match &file.form {
            Some(Form::Growing { .. }) => self.read_on(file, watching),
            _ => self.read_whole(file, watching),
        }
    }

    /// What was read of the file is not in it any more.
    fn begin_anew(&mut self, file: &mut FollowedFile, watching: &mut dyn Watching) {
        let form = file.form.take();
        file.told = None;
        self.end_import(file);
        if !matches!(form, Some(Form::Growing { .. })) {
            file.followed.mark = Mark::default();
            return;
        }
        let told = format!("{}: was cut off or written anew, and is read from its beginning", file.path.display());
        watching.say(&told);
        let whole = file.followed.path.clone();
        file.followed = self.store.follow(whole.clone());
        if file.named == Named::Itself && file.left_at.is_none() {
            // What was cut off may have been copied first.
            let mut in_use = self.ids_in_use();
            in_use.insert(file.followed.id.clone());
            self.find_rest(&file.path, &whole, &in_use);
        }
    }

    fn read_on(&mut self, file: &mut FollowedFile, watching: &mut dyn Watching) -> Result<Step, Failure> {
        let Some(Form::Growing { growing, .. }) = &file.form else { return Ok(Step::Settled) };
        let growing = growing.clone();
        if let Some(part) = file.next_part(&growing, self.reading.max_record_bytes)? {
            return self.take_part(file, part, watching);
        }
        if file.left_at.is_some() || file.length()? == file.followed.mark.position {
            return Ok(Step::Settled);
        }
        let (there, longest) = (file.length()? - file.followed.mark.position, self.reading.max_record_bytes as u64);
        let is_much = there > PART_BYTES;
        // What is much is not read at each change.
        if let step @ Step::After(_) = file.again_when_quiet_for(ENDED_AFTER)
            && is_much
            && there <= longest
        {
            return Ok(step);
        }
        let is_quiet = file.quiet_for() >= ENDED_AFTER;
        let begun = file.rest(PART_BYTES)?;
        if let Some(part) = growing.behind_stray_mark(file.followed.mark.position, &begun, &self.reading) {
            return match is_quiet || is_much {
                true => self.take_part(file, part, watching),
                false => Ok(file.again_when_quiet_for(ENDED_AFTER)),
            };
        }
        if there > longest {
            let why =
                format!("its last line has no end, and is longer than a record may be ({longest} bytes); it waits");
            self.tell(file, &why, watching);
            return Ok(Step::Settled);
        }
        let rest = if is_much { file.rest(there)? } else { begun };
        let after = match () {
            () if growing.is_record(&rest) => ENDED_AFTER,
            () if growing.is_row(&rest) => LEFT_AFTER,
            () => return Ok(Step::Settled),
        };
        match file.again_when_quiet_for(after) {
            Step::Settled => self.take_rest(file, watching),
            step => Ok(step),
        }
    }

    /// Takes what stands behind the last line end for a whole line.
    fn take_rest(&mut self, file: &mut FollowedFile, watching: &mut dyn Watching) -> Result<Step, Failure> {
        match file.length()?.saturating_sub(file.followed.mark.position) {
            0 => Ok(Step::Settled),
            bytes => self.take_part(file, Part { bytes, lines: 0 }, watching),
        }
    }

    /// Imports a file that is read whole, once nothing is written to it any more.
    fn read_whole(&mut self, file: &mut FollowedFile, watching: &mut dyn Watching) -> Result<Step, Failure> {
        let length = file.length()?;
        if length == file.followed.mark.position && length > 0 {
            file.handle = None;
            return Ok(Step::Settled);
        }
        // By now it may look otherwise than when it was short.
        if let Shape::Growing(_) | Shape::Untold = file.shape(&self.reading)? {
            file.form = None;
            return Ok(if length > 0 { Step::More } else { Step::Settled });
        }
        if let step @ Step::After(_) = file.again_when_quiet_for(WHOLE_AFTER) {
            return Ok(step);
        }
        let mapping = match watching.mapping(&file.path) {
            Ok(mapping) => mapping,
            Err(why) => {
                self.tell(file, &why, watching);
                return Ok(Step::Settled);
            }
        };
        let (reading, rejects) = (self.reading.clone(), self.rejects.clone());
        let (store, actor, options) = (self.store, self.actor, self.options);
        let ingest = Ingest { store, queue: &self.queue, actor, reading, options, rejects };
        let counts = match ingest.run(vec![Source::new(&file.path).mapped(mapping)], watching) {
            Ok(counts) => counts,
            Err(IngestError::InterruptedBefore { .. }) => return Err(Failure::Interrupted),
            Err(IngestError::Begin(cause @ (Failure::Store(_) | Failure::Interrupted | Failure::Rejects { .. })))
            | Err(IngestError::Stopped {
                cause: cause @ (Failure::Store(_) | Failure::Interrupted | Failure::Rejects { .. }),
                ..
            }) => return Err(cause),
            Err(error) => {
                self.tell(file, &with_causes(&error), watching);
                return Ok(Step::Settled);
            }
        };
        self.totals.add(&counts);
        watching.came_in(&file.path, &counts);
        if file.length()? == length {
            let followed = file.behind(length, None)?;
            self.begin_session()?;
            if let Some(session) = &self.session {
                self.store.note_place(session, &followed, self.store.now())?;
            }
            self.known.keep(followed.clone());
            (file.followed, file.told) = (followed, None);
        }
        file.handle = None;
        Ok(Step::Settled)
    }
}
