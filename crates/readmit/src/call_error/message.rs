//! What a person is told.

use readmit_message::{Catalogue, Message};

use super::Error;

impl Error {
    /// Returns what to tell a person, in English: what happened, what to do, and where to read more,
    /// ready for a terminal, a web page or another program (rules 93 to 96).
    ///
    /// It repeats no word of the server's outside its technical details. For other words of your own,
    /// or for developers and administrators, there is
    /// [`Catalogue::message`](crate::message::Catalogue::message) of [`failure`](Error::failure).
    ///
    /// # Example
    ///
    /// ```
    /// use readmit::{Client, credentials};
    /// # use readmit_testkit::{Api, Fault};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let api = Api::new();
    /// let token = credentials::bearer("another");
    /// let client = Client::builder("https://api.test").credentials(token);
    /// let client = client.build_over(api.service())?;
    ///
    /// let error = client.get("/data_flows").send().await.unwrap_err();
    ///
    /// let message = error.user_message();
    /// assert_eq!(message.title(), "Session not accepted");
    /// assert_eq!(message.host(), Some("api.test"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn user_message(&self) -> Message {
        self.message_of(&Catalogue::english())
    }

    /// Returns what to tell a person, in the language that suits best: a tag such as `de-AT`, what
    /// the environment variable `LANG` has, or an `Accept-Language` header.
    ///
    /// It is English where none of the [shipped](crate::message::Catalogue::LANGUAGES) ones does.
    #[cfg(feature = "fluent")]
    #[must_use]
    pub fn user_message_in(&self, language: &str) -> Message {
        self.message_of(&Catalogue::shipped(language))
    }

    fn message_of(&self, catalogue: &Catalogue) -> Message {
        let redact = |text: &str| match &self.inner.redactor {
            Some(redactor) => redactor.text(text).into_owned(),
            None => text.to_owned(),
        };
        let message = catalogue.message(&self.inner.failure).redact(&redact);
        match &self.inner.host {
            Some(host) => message.host(host).build(),
            None => message.build(),
        }
    }
}
