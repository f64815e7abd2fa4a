use std::io;

use readmit_error::Stage;
use readmit_testkit::{Api, Fault, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_connection_is_kept_alive() {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();

    let first = exchange(&mut stream, &get(&api.new_access_token())).await;
    api.fault(Fault::InternalError).once();
    let second = exchange(&mut stream, &get(&api.new_access_token())).await;
    let third = exchange(&mut stream, &get(&api.new_access_token())).await;

    assert!(first.starts_with("HTTP/1.1 200 OK\r\n") && first.ends_with("\r\n\r\n[]"), "{first}");
    assert!(second.starts_with("HTTP/1.1 500 "), "{second}");
    assert!(third.starts_with("HTTP/1.1 200 "), "{third}");
}

#[tokio::test]
async fn a_post_is_performed() {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    let body = r#"{"name":"a"}"#;
    let request = format!(
        "POST /data_flows HTTP/1.1\r\nhost: api\r\nauthorization: Bearer {}\r\n\
         content-length: {}\r\n\r\n{body}",
        api.new_access_token(),
        body.len(),
    );

    let answer = exchange(&mut stream, &request).await;

    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert_eq!(api.seen().requests()[0].authority(), Some("api"));
}

#[tokio::test]
async fn every_answer_has_one_date_one_length_and_one_id() {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();

    let answer = exchange(&mut stream, &get(&api.new_access_token())).await;

    for name in ["date: ", "content-length: ", "x-request-id: "] {
        assert_eq!(answer.matches(name).count(), 1, "{answer}");
    }
}

#[tokio::test]
async fn r80_a_reset_before_the_answer_is_a_reset() {
    for fault in [Fault::Broken(Stage::Sent), Fault::Broken(Stage::Connect), Fault::LostAnswer] {
        let api = Api::new();
        let server = api.serve().await.unwrap();
        api.fault(fault).once();

        let (read, end) = read_to_end(&server, &get("any")).await;

        assert_eq!(read, "");
        assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn r80_a_reset_in_the_middle_comes_after_half_of_the_body() {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    api.fault(Fault::Broken(Stage::Answering)).once();

    let (read, end) = read_to_end(&server, &get(&api.new_access_token())).await;

    assert!(read.contains("content-length: 2\r\n") && read.ends_with("\r\n\r\n["), "{read}");
    assert_eq!(end.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn r75_a_truncated_error_ends_in_good_order_too_early() {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    api.fault(Fault::TruncatedError).once();

    let (read, end) = read_to_end(&server, &get("any")).await;

    let (head, body) = read.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
    assert!(!body.is_empty() && body.len() < content_length(head), "{read}");
    assert!(end.is_ok());
}

#[tokio::test]
async fn a_huge_error_comes_whole() {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    api.fault(Fault::HugeError).once();

    let answer = exchange(&mut stream, &get("any")).await;

    assert!(10 << 20 < answer.len());
}

#[tokio::test]
async fn one_api_is_served_at_several_origins() {
    let api = Api::new();
    let (one, other) = (api.serve().await.unwrap(), api.serve().await.unwrap());
    let token = api.new_access_token();

    for server in [&one, &other] {
        let mut stream = TcpStream::connect(server.addr()).await.unwrap();
        assert!(exchange(&mut stream, &get(&token)).await.starts_with("HTTP/1.1 200 "));
    }

    assert_ne!(one.url(), other.url());
    assert_eq!(api.seen().with_token(1), 2);
}

#[tokio::test]
async fn a_dropped_server_closes_its_connections() {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    exchange(&mut stream, &get("any")).await;

    drop(server);

    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_client_that_goes_away_is_noticed() {
    let api = Api::new();
    let server = api.serve().await.unwrap();
    let hold = api.hold();
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    stream.write_all(get("any").as_bytes()).await.unwrap();
    hold.wait_for(1).await;

    drop(stream);

    while 0 < hold.waiting() {
        tokio::task::yield_now().await;
    }
    assert_eq!(api.seen().requests()[0].status(), None);
}

/// Sends a request and reads one whole answer.
pub(crate) async fn exchange(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    loop {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "the answer broke off");
        let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let length = content_length(std::str::from_utf8(&read[..end]).unwrap());
        if read.len() == end + 4 + length {
            return String::from_utf8(read).unwrap();
        }
    }
}

/// Sends a request on a connection of its own, and reads until that ends, one way or the other.
async fn read_to_end(server: &Server, request: &str) -> (String, io::Result<()>) {
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let end = loop {
        match stream.read_buf(&mut read).await {
            Ok(0) => break Ok(()),
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    (String::from_utf8(read).unwrap(), end)
}

fn get(token: &str) -> String {
    format!("GET /data_flows HTTP/1.1\r\nhost: api\r\nauthorization: Bearer {token}\r\n\r\n")
}

fn content_length(head: &str) -> usize {
    let line = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    line.unwrap().parse().unwrap()
}
