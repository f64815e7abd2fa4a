use crate::redact::Redactor;
use crate::redact::name::Class;
use crate::redact::rules::Rules;

/// Adds to what a [`Redactor`] knows of names; made by [`Redactor::builder`].
///
/// Names are compared without case, and `my-name`, `my_name` and `myName` are the same.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Builder {
    rules: Rules,
}

impl Builder {
    /// Lets the values of a header be seen, as far as they hold nothing secret.
    pub fn allow_header(mut self, name: &str) -> Builder {
        self.rules.allow_header(name);
        self
    }

    /// Lets the values of a query's parameter be seen, as far as they hold nothing secret.
    pub fn allow_query(mut self, name: &str) -> Builder {
        self.rules.allow_query(name);
        self.rules.set_class(name, Class::Plain);
        self
    }

    /// Hides whatever has this name, in every structure and text.
    pub fn secret_name(mut self, name: &str) -> Builder {
        self.rules.set_class(name, Class::Secret);
        self
    }

    /// Lets be seen what has this name, although it sounds like a secret's.
    pub fn plain_name(mut self, name: &str) -> Builder {
        self.rules.set_class(name, Class::Plain);
        self
    }

    /// Makes the redactor.
    #[must_use]
    pub fn build(self) -> Redactor {
        Redactor::with_rules(self.rules)
    }
}
