//! What is said of the request itself.

use super::Text;

pub(super) const MALFORMED_REQUEST: Text = Text {
    title: "Request not understood",
    user: "The service could not understand what this program asked for.",
    user_action: "Update the program; if that does not help, report it to its makers.",
    developer: "The API could not make sense of the request.",
    developer_action: "Correct the form of the request: its syntax, its headers, its content \
        type.",
    administrator: "A program sends requests that the API cannot read.",
    administrator_action: "Check that the version of the program fits that of the API, and that \
        no proxy changes its requests.",
    causes: "The body is not what its content type says, or a required part is missing.\n\
        A proxy changed the request.",
    cures: "Compare the request with the reference of the API.\n\
        Call the API without the proxy to see whether it makes the difference.",
    prevention: "Test the client against the published schema of the API.",
};

pub(super) const VALIDATION_FAILED: Text = Text {
    title: "Something needs correcting",
    user: "One of the values that were entered cannot be used.",
    user_action: "Check the values and send them again.",
    developer: "The API understood the request, and a value in it is not acceptable.",
    developer_action: "Correct the value that the technical details name, then send the request.",
    administrator: "The API refuses a value that a program sends.",
    administrator_action: "Check the settings of the program and the limits set for the account.",
    causes: "A value is missing, too long, or of the wrong form.\n\
        A value refers to something that is not there.",
    cures: "Correct the field that the details name.\n\
        Look up the value before it is used.",
    prevention: "Check values before they are sent, by the same rules.",
};

pub(super) const PAYLOAD_TOO_LARGE: Text = Text {
    title: "Too large",
    user: "What was sent is larger than the service takes.",
    user_action: "Send less at once, or a smaller file.",
    developer: "The request is larger than the API takes.",
    developer_action: "Split the request, compress it, or upload it in parts.",
    administrator: "The API, or a gateway in front of it, refuses requests of this size.",
    administrator_action: "Check the size limits of gateways in front of the API, or ask the \
        provider.",
    causes: "A batch or a file is larger than the limit.\n\
        A gateway on the way has a lower limit than the API.",
    cures: "Send smaller batches, or upload in parts.\n\
        Raise the limit of the gateway.",
    prevention: "Bound batches in bytes, not only in items.",
};

pub(super) const NOT_FOUND: Text = Text {
    title: "Not found",
    user: "This could not be found. It may have been removed, or your account may not see it.",
    user_action: "Check the name or the link; if it should be there, ask for access.",
    developer: "There is nothing at this address, or nothing that this caller is allowed to see.",
    developer_action: "Check the address and the id, then whether the caller may see the \
        resource.",
    administrator: "A program asks for something that is not there, or that its account may not \
        see.",
    administrator_action: "Check whether the resource exists and whether the account has access \
        to it.",
    causes: "The address or the id is wrong, or the resource was removed.\n\
        The API hides what the caller is not allowed to see.",
    cures: "Look the resource up in a list before asking for it.\n\
        Have the account granted access.",
    prevention: "Keep ids rather than names, and treat a missing resource as an ordinary case.",
};

pub(super) const GONE: Text = Text {
    title: "Removed for good",
    user: "This has been removed for good.",
    user_action: "Look for what has replaced it.",
    developer: "What was at this address has been removed for good.",
    developer_action: "Stop asking for it, and remove the address or move to its replacement.",
    administrator: "A program uses something that the provider has removed.",
    administrator_action: "Look for the announcement of the removal, and update the program.",
    causes: "The resource was deleted.\n\
        The version of the API was retired.",
    cures: "Remove the reference to it.\n\
        Move to a version that is served.",
    prevention: "Follow the announcements of the provider, and log the headers Deprecation and \
        Sunset.",
};

pub(super) const CONFLICT: Text = Text {
    title: "Changed in the meantime",
    user: "Somebody else has changed this, or it exists already.",
    user_action: "Load it again, look at what changed, then repeat your change.",
    developer: "The request contradicts the present state of the resource.",
    developer_action: "Read the resource again, decide what should hold, then send a new \
        request.",
    administrator: "Two changes to the same resource got in each other's way.",
    administrator_action: "Check whether two programs manage the same resource.",
    causes: "Somebody else changed the resource first.\n\
        The resource exists already, or an idempotency key was used twice.",
    cures: "Read it again and repeat the change on what is there.\n\
        Use what exists, or another key.",
    prevention: "Send the version that a change is based on, for example with If-Match.",
};
