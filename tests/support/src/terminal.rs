//! The program in a pseudo-terminal: keys in, screen out.

use crate::program::{Program, program_file};
use crate::wait::PATIENCE;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::fs::{Mode, OFlags};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What came out of the terminal.
struct Output {
    bytes: Vec<u8>,
    screen: vt100::Parser,
}

pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Writer,
    output: Arc<Mutex<Output>>,
    /// Reads until nobody has the terminal any more.
    listener: JoinHandle<()>,
    child: Box<dyn Child + Send + Sync>,
}

impl Terminal {
    /// Starts `karat` with the arguments, its files in `home`.
    pub fn start(home: &Path, arguments: &[&str], size: (u16, u16)) -> Self {
        Self::run(home, program_file(), arguments, size)
    }

    /// Starts any program.
    pub fn run(home: &Path, program: impl AsRef<OsStr>, arguments: &[&str], size: (u16, u16)) -> Self {
        Self::spawn(command(home, program, arguments), size, true)
    }

    /// Starts `karat` in a terminal that answers no question by itself.
    pub fn silent(home: &Path, arguments: &[&str], size: (u16, u16)) -> Self {
        Self::spawn(command(home, program_file(), arguments), size, false)
    }

    fn spawn(command: CommandBuilder, (columns, rows): (u16, u16), answers: bool) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave); // so that the end of the program is the end of what is read
        let writer = Arc::new(Mutex::new(pty.master.take_writer().unwrap()));
        let output = Arc::new(Mutex::new(Output {
            bytes: Vec::new(),
            screen: vt100::Parser::new(cells(rows), cells(columns), 0),
        }));
        let reader = pty.master.try_clone_reader().unwrap();
        let listener = listen(reader, output.clone(), answers.then(|| writer.clone()));
        Self { master: pty.master, writer, output, listener, child }
    }

    pub fn keys(&self, keys: &str) {
        let mut writer = self.writer.lock().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Presses keys until the screen shows what they do. On a busy machine a press may
    /// come between a frame and the look at what was pressed before it, and is then
    /// refused, as it should be.
    #[track_caller]
    pub fn act(&self, keys: &str, effect: &str) {
        let start = Instant::now();
        let is_there = |screen: &str| screen.contains(effect);
        let is_refused = |screen: &str| screen.contains("key ignored");
        assert!(!is_there(&self.screen()), "{effect:?} is there before {keys:?} is pressed:\n{}", self.screen());
        while start.elapsed() < PATIENCE {
            let before = self.frames();
            self.keys(keys);
            let is_answered = |screen: &str| is_there(screen) || self.frames() > before && is_refused(screen);
            self.wait_until(is_answered, effect);
            // What follows these words is cut off on a narrow screen.
            let is_over = |screen: &str| !is_refused(screen) || screen.contains("item was not");
            self.wait_until(|screen| is_there(screen) || is_over(screen), "the end of what was under way");
            if is_there(&self.screen()) {
                return;
            }
        }
        panic!("pressed {keys:?} for {effect:?}; the screen shows:\n{}", self.screen());
    }

    /// The number of frames that were drawn.
    fn frames(&self) -> usize {
        let end = b"\x1b[?2026l";
        self.output.lock().unwrap().bytes.windows(end.len()).filter(|bytes| bytes == end).count()
    }

    /// Waits until the program has read every key.
    #[track_caller]
    pub fn wait_until_read(&self) {
        let path = self.master.tty_name().unwrap();
        let line = rustix::fs::open(path, OFlags::RDONLY | OFlags::NOCTTY, Mode::empty()).unwrap();
        self.wait_until(|_| rustix::io::ioctl_fionread(&line).unwrap() == 0, "the keys to be read");
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        self.output.lock().unwrap().screen.screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    pub fn screen(&self) -> String {
        self.output.lock().unwrap().screen.screen().contents()
    }

    /// Everything that was written to the terminal.
    pub fn bytes(&self) -> Vec<u8> {
        self.output.lock().unwrap().bytes.clone()
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub fn wait(&self, text: &str) {
        self.wait_until(|screen| screen.contains(text), text);
    }

    #[track_caller]
    pub fn wait_until(&self, condition: impl Fn(&str) -> bool, what: &str) {
        let start = Instant::now();
        while !condition(&self.screen()) {
            assert!(start.elapsed() < PATIENCE, "waited for {what:?}; the screen shows:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until a text was written to the terminal, whether it still stands or not.
    #[track_caller]
    pub fn wait_for_bytes(&self, text: &str) {
        let written = || String::from_utf8_lossy(&self.bytes()).contains(text);
        self.wait_until(|_| written(), text);
    }

    /// Waits for the end, and until all it has written is read; gives the exit code.
    #[track_caller]
    pub fn end(&mut self) -> u32 {
        let start = Instant::now();
        while !self.listener.is_finished() {
            assert!(start.elapsed() < PATIENCE, "it did not end; the screen shows:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(1));
        }
        self.child.wait().unwrap().exit_code()
    }

    #[track_caller]
    pub fn signal(&self, signal: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(home: &Path, program: impl AsRef<OsStr>, arguments: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.args(arguments);
    press_at_once(home);
    command.env_clear();
    for (key, value) in environment(home) {
        command.env(key, value);
    }
    command
}

/// Settings for a test that presses keys as soon as it sees what they are for, unless it has its own.
fn press_at_once(home: &Path) {
    let settings = home.join(".config/karat/config.toml");
    if !settings.exists() {
        std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
        std::fs::write(settings, "[pace]\nguard_ms = 0\n").unwrap();
    }
}

/// A machine of its own: no settings of whoever runs the tests.
pub fn environment(home: &Path) -> Vec<(String, String)> {
    let home = home.to_str().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    [("HOME", home), ("PATH", &path), ("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("USER", "tester")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

type Writer = Arc<Mutex<Box<dyn Write + Send>>>;

/// Reads to the end, and answers, where there is a writer for it, what a terminal is asked about itself.
fn listen(mut reader: Box<dyn Read + Send>, output: Arc<Mutex<Output>>, answering: Option<Writer>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = [0; 1 << 16];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            let heard = &buffer[..count];
            {
                let mut output = output.lock().unwrap();
                output.bytes.extend_from_slice(heard);
                output.screen.process(heard);
            }
            if let Some(writer) = &answering {
                answer(heard, writer);
            }
        }
    })
}

fn answer(heard: &[u8], writer: &Mutex<Box<dyn Write + Send>>) {
    let asked = |question: &str| heard.windows(question.len()).any(|window| window == question.as_bytes());
    for (question, reply) in [("\x1b]11;?", "\x1b]11;rgb:0000/0000/0000\x1b\\"), ("\x1b[c", "\x1b[?62;22c")] {
        if asked(question) {
            let _ = writer.lock().unwrap().write_all(reply.as_bytes());
        }
    }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// Runs the program to its end in a terminal of 100 columns; gives the exit code and every character that
/// reached the terminal.
#[track_caller]
pub fn on_terminal(program: &Program, arguments: &[&str], variables: &[(&str, &str)]) -> (u32, String) {
    let mut command = CommandBuilder::new(program_file());
    command.env_clear();
    command.cwd(program.folder.path());
    for (key, value) in [("HOME", program.folder.path()), ("KARAT_DB", &program.db())] {
        command.env(key, value);
    }
    command.env("TERM", "xterm-256color");
    variables.iter().for_each(|(key, value)| command.env(key, value));
    command.args(arguments);
    let mut terminal = Terminal::spawn(command, (100, 30), true);
    (terminal.end(), String::from_utf8(terminal.bytes()).unwrap())
}
