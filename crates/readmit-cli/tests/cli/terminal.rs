//! The program in a real terminal: a pseudo terminal of 80 columns.

use std::io::{ErrorKind, Read, Write};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

#[test]
fn colours_are_for_terminals_alone() {
    let (told, status) = in_terminal(&["explain", "--status", "403"], &[]);

    assert!(told.contains("\u{1b}[1m\u{1b}[31mHTTP 403: insufficient_permissions"), "{told:?}");
    assert_eq!(status, 0);
}

#[test]
fn no_color_is_respected() {
    let (told, _) = in_terminal(&["explain", "--status", "403"], &[("NO_COLOR", "1")]);

    assert!(told.contains("HTTP 403: insufficient_permissions"), "{told:?}");
    assert!(!told.contains('\u{1b}'), "{told:?}");
}

#[test]
fn eighty_columns_are_enough() {
    let log = std::env::temp_dir().join(format!("readmit-wide-{}.log", std::process::id()));
    std::fs::write(&log, wide_log()).unwrap();
    for arguments in [
        &["--help"][..],
        &["explain", "--help"],
        &["serve-faults", "--help"],
        &["doctor", "--help"],
        &["logs", "--help"],
        &["logs", log.to_str().unwrap()],
        &["logs", "--ascii", log.to_str().unwrap()],
        &["doctor", "https://example.invalid/a/path", "--offline", "--scope", "a"],
        &["explain", "--status", "401", "--body", "{\"message\": \"a long story of a token\"}"],
    ] {
        let (told, _) = in_terminal(arguments, &[("NO_COLOR", "1")]);

        // The verdict is one line, whatever its length.
        let lines = told.lines().filter(|line| !line.starts_with("verdict: "));
        let longest = lines.map(|line| line.trim_end().chars().count()).max();
        assert!(longest <= Some(80), "{arguments:?}: {told}");
    }
    std::fs::remove_file(&log).unwrap();
}

#[test]
fn a_log_is_followed_until_ctrl_c() {
    let log = std::env::temp_dir().join(format!("readmit-followed-{}.log", std::process::id()));
    std::fs::write(&log, "").unwrap();
    let (mut pty, mut child) = spawn(&["logs", "--follow", log.to_str().unwrap()], &[]);
    read_until(&mut pty, "press Ctrl-C to end");
    std::fs::write(&log, wide_log()).unwrap();

    let told = read_until(&mut pty, "E59");
    pty.write_all(b"\x03").unwrap();

    read_to_end(&mut pty);
    std::fs::remove_file(&log).unwrap();
    assert!(told.contains("\u{1b}[31m2026-01-15T"), "errors are red: {told:?}");
    assert!(child.wait().unwrap().success());
}

/// Entries whose names are as long as names can be, over two days.
fn wide_log() -> String {
    let line = |number: u64| {
        let name = "wide 認証".repeat(20);
        let at = 1_768_471_200 + number * 3_600;
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(at);
        let at = readmit_error::rfc3339::format(at);
        format!(
            "{{\"timestamp\":\"{at}\",\"level\":\"ERROR\",\"event\":\"{name}\",\
             \"error_type\":\"token_expired\",\"error_code\":\"{name}\",\"endpoint\":\"{name}\",\
             \"user_id\":\"{name}\",\"attributes\":{{\"server.address\":\"{name}\"}}}}\n\
             {{\"timestamp\":\"{at}\",\"error_type\":\"authentication_error\",\
             \"error_code\":\"E{number}\"}}\n"
        )
    };
    (0..60).map(line).collect()
}

#[test]
fn an_answer_is_pasted() {
    let (mut pty, mut child) = spawn(&["explain"], &[("NO_COLOR", "1")]);
    read_until(&mut pty, "then press Ctrl-D");
    pty.write_all(b"HTTP/1.1 404 Not Found\n\n\x04").unwrap();

    let told = read_until(&mut pty, "user sees");

    assert!(told.contains("HTTP 404 Not Found: not_found"), "{told:?}");
    read_to_end(&mut pty);
    assert!(child.wait().unwrap().success());
}

#[test]
fn ctrl_c_ends_the_api_cleanly() {
    let (mut pty, mut child) = spawn(&["serve-faults", "--fault", "503x2"], &[("NO_COLOR", "1")]);
    let start = read_until(&mut pty, "Press Ctrl-C to end.");
    assert!(start.contains("An API that misbehaves: http://127.0.0.1:"), "{start}");
    assert!(start.contains("faults         503x2"), "{start}");
    pty.write_all(b"\x03").unwrap();

    let end = read_to_end(&mut pty);

    assert!(end.contains("0 requests came."), "{end:?}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_bundle_is_asked_for() {
    let path = std::env::temp_dir().join(format!("readmit-asked-{}.json", std::process::id()));
    let arguments =
        ["doctor", "https://example.invalid/", "--offline", "--bundle", path.to_str().unwrap()];
    for (answer, is_written) in [(b"n\n", false), (b"y\n", true)] {
        let (mut pty, mut child) =
            spawn(&arguments, &[("NO_COLOR", "1"), ("READMIT_TOKEN", "s3cret")]);
        let question = read_until(&mut pty, "[y/N]");
        pty.write_all(answer).unwrap();

        read_to_end(&mut pty);

        assert!(question.contains("verdict: "), "{question}");
        assert!(child.wait().unwrap().success());
        assert_eq!(path.exists(), is_written);
    }
    let bundle = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(!bundle.contains("s3cret"), "{bundle}");
}

fn in_terminal(arguments: &[&str], variables: &[(&str, &str)]) -> (String, i32) {
    let (mut pty, mut child) = spawn(arguments, variables);
    let told = read_to_end(&mut pty);
    (told, child.wait().unwrap().code().unwrap())
}

pub(crate) fn spawn(arguments: &[&str], variables: &[(&str, &str)]) -> (Pty, std::process::Child) {
    let (pty, pts) = open().unwrap();
    pty.resize(Size::new(24, 80)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_readmit")).args(arguments);
    command = command.env("TERM", "xterm-256color");
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "READMIT_TOKEN"] {
        command = command.env_remove(name);
    }
    for (name, value) in variables {
        command = command.env(name, value);
    }
    let child = command.spawn(pts).unwrap();
    (pty, child)
}

/// Reads until these words have come.
pub(crate) fn read_until(pty: &mut Pty, words: &str) -> String {
    let mut told = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&told).contains(words) {
        assert_eq!(pty.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&told));
        told.extend(byte);
    }
    String::from_utf8(told).unwrap()
}

/// Reads until the program has gone; Linux says so with an error.
pub(crate) fn read_to_end(pty: &mut Pty) -> String {
    let mut told = Vec::new();
    let mut bytes = [0; 1_024];
    loop {
        match pty.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => told.extend(&bytes[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    String::from_utf8(told).unwrap()
}
