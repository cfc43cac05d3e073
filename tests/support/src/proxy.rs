//! A way to the server that can be cut and mended: connections through it break at once, and
//! new ones are refused, as by a server that restarts.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// How the server ends an answer: `ReadyForQuery`, but for its last byte.
const READY: &[u8] = b"Z\0\0\0\x05";

pub struct Proxy {
    /// The server's address by way of here.
    pub address: String,
    way: Arc<Way>,
}

#[derive(Default)]
struct Way {
    is_cut: AtomicBool,
    /// Both ends of every connection.
    streams: Mutex<Vec<TcpStream>>,
    /// The connection that is asked this ends with the answer, once.
    ends_with: Mutex<Option<String>>,
    /// Once that has happened, the way is cut where this is asked.
    then_cut_at: Mutex<Option<String>>,
}

impl Proxy {
    /// Before the server of an address like `postgres://user:password@host:port/database`.
    pub fn before(address: &str) -> Self {
        let (user, rest) = address.rsplit_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        let (way, server) = (Arc::<Way>::default(), server.to_owned());
        let served = way.clone();
        std::thread::spawn(move || {
            // What comes while the way is cut is dropped.
            for client in listener.incoming().flatten().filter(|_| !served.is_cut.load(Ordering::SeqCst)) {
                served.lead(client, TcpStream::connect(&server).unwrap()).unwrap();
            }
        });
        Self { address: format!("{user}@{here}/{database}"), way }
    }

    pub fn cut(&self) {
        self.way.cut();
    }

    /// Ends the connection that is asked `words` with the answer: the client finds the answer
    /// and the end at once. The statement is seen where the connection is not encrypted.
    pub fn end_with_answer_to(&self, words: &str) {
        *self.way.ends_with.lock().unwrap() = Some(words.into());
    }

    /// Cuts the way, after that, as soon as `words` are asked.
    pub fn then_cut_at(&self, words: &str) {
        *self.way.then_cut_at.lock().unwrap() = Some(words.into());
    }

    /// Whether the connection has ended as [`Proxy::end_with_answer_to`] says.
    pub fn has_ended(&self) -> bool {
        self.way.ends_with.lock().unwrap().is_none()
    }

    pub fn mend(&self) {
        self.way.is_cut.store(false, Ordering::SeqCst);
    }
}

impl Way {
    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for stream in self.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn lead(self: &Arc<Self>, client: TcpStream, server: TcpStream) -> io::Result<()> {
        let ends = Arc::<AtomicBool>::default();
        let (way, is_last) = (self.clone(), ends.clone());
        relay(&client, &server, move |asked, to| way.ask(asked, to, &is_last))?;
        relay(&server, &client, move |answer, to| match ends.load(Ordering::SeqCst) && ends_answer(answer) {
            true => end_with(answer, to),
            false => to.write_all(answer),
        })?;
        self.streams.lock().unwrap().extend([client, server]);
        Ok(())
    }

    fn ask(&self, asked: &[u8], server: &mut TcpStream, is_last: &AtomicBool) -> io::Result<()> {
        let mut ends_with = self.ends_with.lock().unwrap();
        if ends_with.as_ref().is_some_and(|words| has(asked, words)) {
            *ends_with = None;
            is_last.store(true, Ordering::SeqCst);
        } else if ends_with.is_none()
            && self.then_cut_at.lock().unwrap().as_ref().is_some_and(|words| has(asked, words))
        {
            self.cut();
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        server.write_all(asked)
    }
}

/// Passes on what comes from one end to the other, until one of them ends or `pass` fails.
fn relay(
    from: &TcpStream,
    to: &TcpStream,
    pass: impl Fn(&[u8], &mut TcpStream) -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
    std::thread::spawn(move || {
        let mut bytes = vec![0; 64 << 10];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            if pass(&bytes[..read], &mut to).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
    Ok(())
}

fn has(asked: &[u8], words: &str) -> bool {
    asked.windows(words.len()).any(|part| part == words.as_bytes())
}

fn ends_answer(answer: &[u8]) -> bool {
    answer.len() > READY.len() && answer[..answer.len() - 1].ends_with(READY)
}

/// Sends the last answer and the end of the connection in one packet.
fn end_with(answer: &[u8], client: &mut TcpStream) -> io::Result<()> {
    rustix::net::sockopt::set_tcp_cork(&*client, true)?;
    client.write_all(answer)?;
    client.shutdown(Shutdown::Both)?;
    Err(io::ErrorKind::ConnectionAborted.into())
}
