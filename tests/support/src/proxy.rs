//! A way to the server that can be cut and mended: connections through it break at once, and
//! new ones are refused, as by a server that restarts.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

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
        self.way.is_cut.store(true, Ordering::SeqCst);
        for stream in self.way.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
        self.way.is_cut.store(false, Ordering::SeqCst);
    }
}

impl Way {
    fn lead(&self, client: TcpStream, server: TcpStream) -> io::Result<()> {
        for (from, to) in [(&client, &server), (&server, &client)] {
            let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
            std::thread::spawn(move || {
                let _ = io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Both);
            });
        }
        self.streams.lock().unwrap().extend([client, server]);
        Ok(())
    }
}
