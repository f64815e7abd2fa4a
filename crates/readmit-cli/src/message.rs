use readmit_error::Failure;
use readmit_message::Catalogue;
use serde::Serialize;

/// What a person in front of an application is told of a failure.
///
/// None of it is the server's text (rule 94).
#[derive(Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Message {
    pub(crate) title: String,
    pub(crate) text: String,
    /// What to do, step by step.
    pub(crate) actions: Vec<String>,
}

/// What often causes a failure, and what helps then.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Cause {
    pub(crate) cause: String,
    pub(crate) cure: String,
}

impl Message {
    pub(crate) fn of(failure: &Failure) -> Message {
        let message = Catalogue::english().message(failure).build();
        Message {
            title: message.title().to_owned(),
            text: message.message().to_owned(),
            actions: message.actions().to_vec(),
        }
    }
}

impl Cause {
    pub(crate) fn of(failure: &Failure) -> Vec<Cause> {
        let catalogue = Catalogue::english();
        let entry = catalogue.entry(failure);
        let pairs = entry.causes().into_iter().zip(entry.cures());
        let owned = |(cause, cure): (&str, &str)| Cause { cause: cause.into(), cure: cure.into() };
        pairs.map(owned).collect()
    }
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

        let told = format!("{:?} {:?}", Message::of(&failure), Cause::of(&failure));

        assert!(!told.contains("go away"), "{told}");
    }

    #[test]
    fn r93_every_kind_has_a_message_and_causes() {
        for kind in Kind::ALL {
            let failure = Failure::builder(kind, Origin::Local).build();

            let message = Message::of(&failure);

            assert!(!message.title.is_empty() && !message.actions.is_empty(), "{kind}");
            assert!(!Cause::of(&failure).is_empty(), "{kind}");
        }
    }
}
