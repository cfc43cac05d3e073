//! A program that a spec names: found, and run once with a line on its standard input, within
//! limits of time and size.

use crate::import::MAX_RECORD_BYTES;
use crate::text::plural::count;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Variables that every program gets.
const ALWAYS_PASSED: [&str; 3] = ["PATH", "HOME", "LANG"];

/// Bytes of standard error that are kept: the last ones say why.
const KEPT_OF_ERRORS: usize = 4 << 10;

/// Interval between two looks at a program: too short to be noticed beside what it does.
const GLANCE: Duration = Duration::from_millis(10);

/// How long what a program has written is waited for once it has ended: a process that it left
/// behind may hold its output open.
const LEFT_BEHIND: Duration = Duration::from_secs(1);

/// A program with what it is started with.
pub(super) struct Program {
    /// As the spec has it: the program and its arguments.
    pub run: Vec<String>,
    /// The file that is run.
    pub path: PathBuf,
    /// The folder that it is run in.
    pub folder: PathBuf,
    pub pass_env: Vec<String>,
}

/// Why a run came to nothing.
#[derive(Debug)]
pub(super) enum Failure {
    NotStarted(io::Error),
    Ended(ExitStatus),
    TimedOut(Duration),
    PrintedTooMuch,
    /// The user has stopped everything.
    Stopped,
}

/// What a run came to, with the end of what the program wrote on standard error.
pub(super) struct Ran {
    pub outcome: Result<Vec<u8>, Failure>,
    pub errors: String,
}

impl Program {
    /// Looks a program up as a shell would: by its path, or in the folders of PATH. `None`: there is
    /// no such file. `karat` is this program.
    pub(super) fn find(run: &[String], pass_env: &[String]) -> io::Result<Option<Self>> {
        let folder = std::env::current_dir()?;
        let Some(name) = run.first() else { return Ok(None) };
        let path = match name.as_str() {
            "karat" => Some(std::env::current_exe()?),
            name if name.contains(std::path::is_separator) => Some(folder.join(name)).filter(|path| path.is_file()),
            name => in_path(name),
        };
        Ok(path.map(|path| Self { run: run.to_vec(), path, folder, pass_env: pass_env.to_vec() }))
    }

    /// Variables that the program is to get and that are not set.
    pub(super) fn unset(&self) -> impl Iterator<Item = &str> {
        self.pass_env.iter().map(String::as_str).filter(|name| std::env::var_os(name).is_none())
    }

    /// Runs the program once, with `line` on its standard input. It, and whatever it started, is
    /// ended when the time is up, when it prints more than a record may have, or when `stop` is set.
    pub(super) fn run(&self, line: &str, timeout: Duration, stop: &AtomicBool) -> Ran {
        let mut child = match self.command().spawn() {
            Ok(child) => child,
            Err(error) => return Ran { outcome: Err(Failure::NotStarted(error)), errors: String::new() },
        };
        feed(&mut child, format!("{line}\n"));
        let printed = child.stdout.take().map(|stream| Collected::of(stream, Keep::First(MAX_RECORD_BYTES)));
        let errors = child.stderr.take().map(|stream| Collected::of(stream, Keep::Last(KEPT_OF_ERRORS)));
        let ended = await_end(&mut child, printed.as_ref(), timeout, stop);
        let printed = printed.map(Collected::finish).unwrap_or_default();
        let errors = errors.map(Collected::finish).unwrap_or_default();
        let outcome = match ended {
            Ok(_) if printed.len() > MAX_RECORD_BYTES => Err(Failure::PrintedTooMuch),
            Ok(status) if status.success() => Ok(printed),
            Ok(status) => Err(Failure::Ended(status)),
            Err(failure) => Err(failure),
        };
        Ran { outcome, errors: String::from_utf8_lossy(&errors).into_owned() }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.run[1..]).current_dir(&self.folder).env_clear();
        let passed = ALWAYS_PASSED.into_iter().chain(self.pass_env.iter().map(String::as_str));
        let set = passed.filter_map(|name| Some((name, std::env::var_os(name)?)));
        command.envs(set.collect::<Vec<(&str, OsString)>>());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }
}

/// The first file of that name in the folders of PATH that may be run.
fn in_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| may_be_run(path))
}

#[cfg(unix)]
fn may_be_run(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn may_be_run(path: &Path) -> bool {
    path.is_file()
}

/// Writes a text to a program beside everything else: it may never read it.
fn feed(child: &mut Child, text: String) {
    let Some(mut input) = child.stdin.take() else { return };
    thread::spawn(move || {
        let _ = input.write_all(text.as_bytes()); // who does not read it has no need of it
    });
}

/// Waits for the end of a program, and ends it where it has to; none of its processes is left.
fn await_end(
    child: &mut Child,
    printed: Option<&Collected>,
    timeout: Duration,
    stop: &AtomicBool,
) -> Result<ExitStatus, Failure> {
    let start = Instant::now();
    let ended_for = loop {
        if has_ended(child).unwrap_or(true) {
            break None;
        } else if stop.load(Ordering::Relaxed) {
            break Some(Failure::Stopped);
        } else if printed.is_some_and(|printed| printed.is_over(MAX_RECORD_BYTES)) {
            break Some(Failure::PrintedTooMuch);
        } else if start.elapsed() >= timeout {
            break Some(Failure::TimedOut(timeout));
        }
        thread::sleep(GLANCE);
    };
    end_group(child); // before it is waited for: until then its number is nobody else's
    let status = child.wait().map_err(Failure::NotStarted)?;
    ended_for.map_or(Ok(status), Err)
}

#[cfg(unix)]
fn pid(child: &Child) -> Option<rustix::process::Pid> {
    i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw)
}

/// Whether a program has ended; it stays to be waited for.
#[cfg(unix)]
fn has_ended(child: &mut Child) -> io::Result<bool> {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    let Some(pid) = pid(child) else { return Ok(true) };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Ok(waitid(WaitId::Pid(pid), options)?.is_some())
}

#[cfg(not(unix))]
fn has_ended(child: &mut Child) -> io::Result<bool> {
    Ok(child.try_wait()?.is_some())
}

/// Ends a program with all that it has started.
#[cfg(unix)]
fn end_group(child: &mut Child) {
    if let Some(pid) = pid(child) {
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL); // none may be left
    }
}

#[cfg(not(unix))]
fn end_group(child: &mut Child) {
    let _ = child.kill();
}

/// Which bytes of a stream are kept.
#[derive(Clone, Copy)]
enum Keep {
    /// The first ones, and one more, which says that there are more. Nothing is read on then.
    First(usize),
    /// The last ones.
    Last(usize),
}

/// What a program writes, read beside everything else.
struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    /// Closed when the stream ends.
    ended: Receiver<()>,
}

impl Collected {
    fn of(mut stream: impl Read + Send + 'static, keep: Keep) -> Self {
        let (running, ended) = channel::<()>();
        let bytes = Arc::<Mutex<Vec<u8>>>::default();
        let kept = bytes.clone();
        thread::spawn(move || {
            let _running = running;
            let mut chunk = vec![0; 64 << 10];
            loop {
                let count = match stream.read(&mut chunk) {
                    Ok(0) => return,
                    Ok(count) => count,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(_) => return,
                };
                let mut kept = lock(&kept);
                kept.extend_from_slice(&chunk[..count]);
                match keep {
                    Keep::First(most) if kept.len() > most => return kept.truncate(most + 1),
                    Keep::First(_) => {}
                    Keep::Last(most) => {
                        let over = kept.len().saturating_sub(most);
                        kept.drain(..over);
                    }
                }
            }
        });
        Self { bytes, ended }
    }

    fn is_over(&self, most: usize) -> bool {
        lock(&self.bytes).len() > most
    }

    /// What was written until the stream's end, or until now where something else holds it open.
    fn finish(self) -> Vec<u8> {
        let _: Result<(), RecvTimeoutError> = self.ended.recv_timeout(LEFT_BEHIND);
        std::mem::take(&mut *lock(&self.bytes))
    }
}

fn lock(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The end of a sentence that begins with "the program".
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Failure::NotStarted(error) => write!(f, "could not be run: {error}"),
            Failure::Ended(status) => match status.code() {
                Some(code) => write!(f, "ended with exit code {code}"),
                None => write!(f, "was ended: {status}"),
            },
            Failure::TimedOut(after) => {
                write!(f, "was ended after {}", count(after.as_secs() as usize, "second"))
            }
            Failure::PrintedTooMuch => write!(f, "printed more than {} MiB", MAX_RECORD_BYTES >> 20),
            Failure::Stopped => f.write_str("was stopped"),
        }
    }
}
