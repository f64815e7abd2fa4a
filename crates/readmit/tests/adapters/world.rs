use std::fmt;
use std::sync::Arc;

use readmit::{Client, ClientBuilder, Hyper, credentials};
use readmit_testkit::{Api, Recorded, Server};
use reqwest::redirect::Policy;
use tokio::task::JoinSet;
use tower::ServiceBuilder;

use crate::ask::{Ask, Told};
use crate::subjects::{AsMiddleware, AsService, Blocking, Direct, Subject};

/// A way to make a call, and the API that it goes to.
pub(crate) struct World {
    pub(crate) way: Way,
    pub(crate) api: Api,
    pub(crate) subject: Arc<dyn Subject>,
    /// Another origin, which is not for the credential.
    pub(crate) elsewhere: String,
    other: Api,
    _servers: Vec<Server>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    Blocking,
    Hyper,
    LayerInProcess,
    LayerOverHyper,
    Middleware,
    Reqwest,
}

/// Runs a scenario against each way to make a call, all at the same time.
pub(crate) async fn everywhere<Fut>(scenario: impl Fn(World) -> Fut + Copy + Send + Sync + 'static)
where
    Fut: Future<Output = ()> + Send,
{
    let mut runs = JoinSet::new();
    for way in Way::ALL {
        runs.spawn(async move { scenario(World::new(way).await).await });
    }
    while let Some(run) = runs.join_next().await {
        run.unwrap();
    }
}

impl Way {
    const ALL: [Way; 6] = [
        Way::Blocking,
        Way::Hyper,
        Way::LayerInProcess,
        Way::LayerOverHyper,
        Way::Middleware,
        Way::Reqwest,
    ];
}

impl World {
    pub(crate) async fn new(way: Way) -> World {
        let (api, other) = (Api::new(), Api::new());
        let servers = vec![api.serve().await.unwrap(), other.serve().await.unwrap()];
        let is_near = way == Way::LayerInProcess;
        let origin = if is_near { "https://api.test" } else { servers[0].url() };
        let elsewhere = if is_near { "https://elsewhere.test" } else { servers[1].url() };
        let subject = subject(way, &api, origin);
        World { way, subject, elsewhere: elsewhere.to_owned(), api, other, _servers: servers }
    }

    pub(crate) async fn send(&self, ask: Ask) -> Told {
        self.subject.send(ask).await
    }

    pub(crate) fn seen_elsewhere(&self) -> Vec<Recorded> {
        let seen =
            if self.way == Way::LayerInProcess { self.api.seen() } else { self.other.seen() };
        let is_there = |request: &&Recorded| match self.way {
            Way::LayerInProcess => request.authority() == Some("elsewhere.test"),
            Way::Blocking | Way::Hyper | Way::LayerOverHyper | Way::Middleware | Way::Reqwest => {
                true
            }
        };
        seen.requests().iter().filter(is_there).cloned().collect()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.way.fmt(f)
    }
}

pub(crate) fn builder(api: &Api, origin: &str) -> ClientBuilder {
    let key = credentials::service_key(format!("{origin}/token"), api.service_key());
    Client::builder(origin).credentials(key)
}

fn subject(way: Way, api: &Api, origin: &str) -> Arc<dyn Subject> {
    let builder = builder(api, origin);
    match way {
        Way::Blocking => Arc::new(Blocking(builder.build_blocking().unwrap())),
        Way::Hyper => Arc::new(Direct(builder.build_over(Hyper::new().unwrap()).unwrap())),
        Way::LayerInProcess => {
            let layer = ServiceBuilder::new().layer(builder.layer().unwrap());
            Arc::new(AsService(layer.service(api.service())))
        }
        Way::LayerOverHyper => {
            let layer = ServiceBuilder::new().layer(builder.layer().unwrap());
            Arc::new(AsService(layer.service(Hyper::new().unwrap())))
        }
        Way::Middleware => {
            let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy();
            let client = reqwest_middleware::ClientBuilder::new(client.build().unwrap());
            let client = client.with(builder.middleware().unwrap()).build();
            Arc::new(AsMiddleware { client, origin: origin.to_owned() })
        }
        Way::Reqwest => Arc::new(Direct(builder.build().unwrap())),
    }
}
