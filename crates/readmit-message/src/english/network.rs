//! What is said of the way to the service.

use super::Text;

pub(super) const DNS: Text = Text {
    title: "Address not found",
    user: "The address of the service could not be looked up.",
    user_action: "Check your internet connection, then try again.",
    developer: "The name of the API's host could not be resolved.",
    developer_action: "Check the host name in the configuration and the resolver of this \
        machine.",
    administrator: "A machine cannot resolve the name of the API's host.",
    administrator_action: "Check the resolver, the private zones and the VPN of that machine.",
    causes: "There is no connection to the internet, or to the VPN that knows the name.\n\
        The host name is misspelt.",
    cures: "Connect, then try again.\n\
        Correct the host name.",
    prevention: "Look the name up when the program starts, and say so where it fails.",
};

pub(super) const CONNECT: Text = Text {
    title: "No connection",
    user: "No connection to the service could be made.",
    user_action: "Check your internet connection, then try again.",
    developer: "No connection to the API could be opened.",
    developer_action: "Check host, port and proxy, then send the request again.",
    administrator: "A machine cannot connect to the API.",
    administrator_action: "Check firewall, proxy and allow-lists between the machine and the \
        API.",
    causes: "A firewall or a proxy blocks the way.\n\
        Nothing listens on that port, or the service is down.",
    cures: "Have the host and the port allowed.\n\
        Check the port, and wait until the service is back.",
    prevention: "Test the way to the API from where the program will run.",
};

pub(super) const TLS: Text = Text {
    title: "No secure connection",
    user: "A secure connection to the service could not be made, so nothing was sent.",
    user_action: "Do not go on from this network; tell your administrator.",
    developer: "No trusted encrypted connection to the API could be agreed on.",
    developer_action: "Check the certificate that is shown, the trusted roots and the clock; do \
        not switch the check off.",
    administrator: "The certificate of the API, or of something in between, is not trusted here.",
    administrator_action: "Check the certificate and the trusted roots, and whether a proxy \
        opens the traffic.",
    causes: "The certificate has expired, or is for another name.\n\
        A proxy opens the traffic with a certificate that is not trusted here.\n\
        The clock of the machine is far off.",
    cures: "Have the certificate renewed.\n\
        Trust the root of the proxy where that is the policy, or go around it.\n\
        Set the clock by a time server.",
    prevention: "Watch when certificates expire.",
};

pub(super) const CONNECTION_LOST: Text = Text {
    title: "Connection lost",
    user: "The connection broke before the answer was complete.",
    user_action: "Check your internet connection, then try again.",
    developer: "The connection broke while the call was under way.",
    developer_action: "Send the request again, if doing it twice does no harm.",
    administrator: "Connections to the API break while they are in use.",
    administrator_action: "Check the idle timeouts of proxies and load balancers on the way.",
    causes: "The network changed or failed.\n\
        A proxy closed a connection that it took for idle.",
    cures: "Try again once the network is back.\n\
        Use connections for a shorter time than the proxy allows.",
    prevention: "Make writes safe to repeat with an idempotency key.",
};

pub(super) const CLIENT_TIMEOUT: Text = Text {
    title: "No answer in time",
    user: "No answer came in the time that this program waits for one.",
    user_action: "Try again in a moment.",
    developer: "No answer came within the timeout of the client.",
    developer_action: "Send the request again after a pause, if doing it twice does no harm, or \
        allow more time.",
    administrator: "The API does not answer within the time that a program allows.",
    administrator_action: "Check the network and the load, then the timeout of the program.",
    causes: "The network or the service is slow.\n\
        The timeout is shorter than the operation takes.",
    cures: "Try again later.\n\
        Set the timeout above what the slowest answers take.",
    prevention: "Measure how long answers take, and set timeouts by it.",
};
