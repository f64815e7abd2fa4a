//! What a hostile server says, in every form that a message has.

use proptest::prelude::*;
use readmit_error::{Denied, Failure, Kind, Origin};
use readmit_message::{Audience, Catalogue, Message, Terminal};

#[test]
fn r96_no_markup_of_the_servers_reaches_a_page() {
    for said in [
        "<script>alert(1)</script>",
        "\" onmouseover=\"alert(1)",
        "' onfocus='x",
        "</dd></dl></details></section><img src=x onerror=alert(1)>",
        "&lt;b&gt; &#60;",
        "<!-- -->",
        "]]>",
        "javascript:alert(1)",
    ] {
        let html = hostile(said).html();

        assert_eq!(tags(&html), ALLOWED, "{html}");
        assert_eq!(html.matches("href=").count(), 1);
    }
}

#[test]
fn r83_what_acts_on_a_terminal_is_shown_as_an_escape() {
    for said in ["\u{1b}[2J", "\u{9b}31m", "a\r\nb", "\u{202e}abc", "a\0b", "\u{7}", "\u{200b}"] {
        let message = hostile(said);
        for text in [message.plain(), message.terminal(Terminal::new(40)), message.html()] {
            assert!(text.chars().all(|c| c == '\n' || !acts(c)), "{text:?}");
        }
        assert!(message.json().chars().all(|c| !acts(c)), "{}", message.json());
    }
}

#[test]
fn r96_json_can_stand_in_a_script_element() {
    let json = hostile("</script><script>").json();

    assert!(!json.contains(['<', '>', '&']), "{json}");
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["technical_details"]["server_said"], "</script><script>");
}

#[test]
fn r94_problem_details_have_no_sentence_of_the_servers() {
    let problem = serde_json::to_string(&hostile("of the server").problem()).unwrap();

    // The code and the request id are names, and stand under them.
    assert_eq!(problem.matches("of the server").count(), 2, "{problem}");
}

#[test]
fn r56_what_is_long_is_cut() {
    let message = hostile(&"x".repeat(100_000));

    assert!(message.html().len() < 10_000);
    assert!(message.plain().len() < 10_000);
}

proptest! {
    #[test]
    fn r96_whatever_the_server_says_the_page_has_the_same_tags(said in any::<String>()) {
        let html = hostile(&said).html();

        prop_assert_eq!(tags(&html), ALLOWED);
        prop_assert!(html.chars().all(|c| c == '\n' || !acts(c)));
    }

    #[test]
    fn r96_the_same_of_what_looks_like_markup(said in "[<>&;\"'/=a-c!\\-\\[\\]` ]{0,40}") {
        prop_assert_eq!(tags(&hostile(&said).html()), ALLOWED);
    }

    #[test]
    fn r83_whatever_the_server_says_no_form_acts(said in any::<String>(), columns in 20_usize..120) {
        let message = hostile(&said);

        let text = message.terminal(Terminal::new(columns));

        prop_assert!(text.chars().all(|c| c == '\n' || !acts(c)), "{:?}", text);
        let read: serde_json::Value = serde_json::from_str(&message.json()).unwrap();
        prop_assert!(read["title"].is_string());
    }
}

/// A message whose every text that a server can choose is this one.
fn hostile(said: &str) -> Message {
    let denied = Denied {
        permissions: vec![said.to_owned()],
        scopes: vec![said.to_owned()],
        role: Some(said.to_owned()),
        organization: Some(said.to_owned()),
        resource: Some(said.to_owned()),
    };
    let failure = Failure::builder(Kind::InsufficientPermissions, Origin::Answer { status: 403 })
        .json(&serde_json::json!({"details": {"field": said}}).to_string())
        .code(format!("code {said}"))
        .description(said)
        .request_id(format!("id {said}"))
        .because(said)
        .denied(denied)
        .build();
    Catalogue::english()
        .message(&failure)
        .audience(Audience::Developer)
        .host(said)
        .credential(said)
        .build()
}

/// The names of the tags of a page, in their order, each once where it follows itself.
fn tags(html: &str) -> Vec<String> {
    let mut tags: Vec<String> = html
        .split('<')
        .skip(1)
        .map(|rest| rest.split(['>', ' ']).next().unwrap_or_default().to_owned())
        .filter(|tag| !tag.starts_with('/'))
        .collect();
    tags.retain(|tag| !matches!(tag.as_str(), "dt" | "dd"));
    tags
}

fn acts(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}')
}

const ALLOWED: [&str; 12] =
    ["section", "h2", "p", "h3", "ul", "li", "p", "a", "dl", "details", "summary", "dl"];
