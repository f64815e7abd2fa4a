use std::io;
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;

/// Answers every request on loopback with the same small JSON, from a thread of its own, for as long
/// as the program runs; it does next to nothing, so that what is measured is the client.
pub(crate) fn start() -> io::Result<String> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let runtime = Builder::new_current_thread().enable_io().build()?;
    thread::spawn(move || runtime.block_on(accept(listener)));
    // By a name, as APIs have one: an address costs whoever parses it two allocations.
    Ok(format!("http://localhost:{port}"))
}

/// Ends where nobody can be accepted any more, and with it whoever is served.
async fn accept(listener: std::net::TcpListener) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream));
    }
}

/// Answers one connection until it is closed: a request of a `GET` ends with its head.
async fn serve(mut stream: TcpStream) -> io::Result<()> {
    let (mut read, mut filled) = ([0; 4096], 0);
    loop {
        let rest = read.get_mut(filled..).filter(|rest| !rest.is_empty());
        let came = stream.read(rest.ok_or(io::ErrorKind::InvalidData)?).await?;
        if came == 0 {
            return Ok(());
        }
        filled += came;
        if read.get(..filled).is_some_and(|head| head.ends_with(b"\r\n\r\n")) {
            filled = 0;
            stream.write_all(ANSWER).await?;
        }
    }
}

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 19\r\n\r\n{\"id\":7,\"flows\":[]}";
