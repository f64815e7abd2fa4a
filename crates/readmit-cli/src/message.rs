use readmit_error::Failure;
use serde::Serialize;

/// What a person in front of an application is told of a failure.
///
/// None of it is the server's text (rule 94).
#[derive(Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Message {
    pub(crate) text: String,
    /// What to do, step by step.
    pub(crate) actions: Vec<String>,
}

impl Message {
    pub(crate) fn of(failure: &Failure) -> Message {
        let text = failure.kind().meaning().to_owned();
        Message { text, actions: vec![sentence(failure.advice())] }
    }
}

fn sentence(advice: &str) -> String {
    let mut chars = advice.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use readmit_error::{Kind, Origin};

    use super::*;

    #[test]
    fn r94_the_servers_words_are_not_in_the_message() {
        let failure = Failure::builder(Kind::TokenExpired, Origin::Answer { status: 401 })
            .description("go away")
            .build();

        let message = Message::of(&failure);

        assert_eq!(message.text, "The access token has expired.");
        assert_eq!(message.actions, ["Refresh the token and send the request again."]);
    }
}
