//! An OpenID provider that is not ours: the npm package oidc-provider, run by Node.
//!
//! The package is looked for beside the folders of commands on the path, `…/node_modules/.bin`.

use super::bne_api::WEB;
use super::optional::{program, skip};
use super::tls::ClientPki;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Certificate, Client, Response, Url};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// The application that customers sign in to; it gets ID tokens.
pub(crate) const APP: &str = "mobile-app";
/// Whom access tokens are for.
pub(crate) const RESOURCE: &str = "urn:bank:corporate-banking";

const REDIRECT: &str = "https://app.bank.example/signed-in";
/// RFC 7636 appendix B.
const PKCE: (&str, &str) =
    ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

/// A running provider. It ends when dropped.
pub(crate) struct OpenIdProvider {
    pub(crate) issuer: String,
    http: Client,
    pki: ClientPki,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl OpenIdProvider {
    /// Starts one, if this machine can.
    pub(crate) async fn start() -> Option<Self> {
        let (Some(node), Some(package)) = (program(&["node"]), package()) else {
            skip("the callers of a real OpenID provider", "node and the npm package oidc-provider");
            return None;
        };
        let pki = ClientPki::make();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/identity/openid_provider.mjs");
        let mut command = Command::new(node);
        command.arg(script).arg(package).arg(&pki.server).arg(&pki.server_key).kill_on_drop(true);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = pipes.spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let mut output = BufReader::new(output).lines();
        let started = output.next_line().await.unwrap().expect("the provider starts; run its script to see why not");
        let started: Value = serde_json::from_str(&started).unwrap();
        let ca = Certificate::from_pem(&std::fs::read(&pki.authority).unwrap()).unwrap();
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).tls_certs_only([ca]);
        let issuer = started["issuer"].as_str().unwrap().to_owned();
        Some(Self { issuer, http: http.build().unwrap(), pki, input, output, _process: process })
    }

    /// The PEM file a client needs to trust it.
    pub(crate) fn authority(&self) -> PathBuf {
        self.pki.authority.clone()
    }

    /// Has it do something, as its script says, and waits until it is done.
    pub(crate) async fn order(&mut self, command: &str) {
        self.input.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        self.output.next_line().await.unwrap().expect("it goes on");
    }

    /// Speaks to it besides those who give it orders.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor { issuer: self.issuer.clone(), http: self.http.clone() }
    }
}

/// Somebody who gets tokens.
#[derive(Clone)]
pub(crate) struct Visitor {
    issuer: String,
    http: Client,
}

impl Visitor {
    /// An access token of [`WEB`] for itself, good for `scope` if that is not empty.
    pub(crate) async fn access_token(&self, scope: &str) -> String {
        let mut form =
            vec![("grant_type", "client_credentials"), ("client_secret", "not-a-secret"), ("resource", RESOURCE)];
        form.extend((!scope.is_empty()).then_some(("scope", scope)));
        self.tokens(WEB, &form).await["access_token"].as_str().unwrap().to_owned()
    }

    /// An ID token of [`APP`] for a customer, who signs in.
    pub(crate) async fn id_token(&self, customer: &str) -> String {
        let code = self.sign_in(APP, customer, &[("scope", "openid")]).await;
        let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", PKCE.0)];
        let form = form.into_iter().chain([("redirect_uri", REDIRECT)]).collect::<Vec<_>>();
        self.tokens(APP, &form).await["id_token"].as_str().unwrap().to_owned()
    }

    /// An access token of [`WEB`] for a customer, who signs in.
    pub(crate) async fn customers_access_token(&self, customer: &str) -> String {
        let wanted = [("scope", "openid challenge"), ("resource", RESOURCE)];
        let code = self.sign_in(WEB, customer, &wanted).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("code_verifier", PKCE.0),
            ("redirect_uri", REDIRECT),
            ("client_secret", "not-a-secret"),
            ("resource", RESOURCE),
        ];
        self.tokens(WEB, &form).await["access_token"].as_str().unwrap().to_owned()
    }

    /// What a browser does (RFC 6749 §4.1): goes where it is sent until that is the application. Gives the code.
    async fn sign_in(&self, client: &str, customer: &str, wanted: &[(&str, &str)]) -> String {
        let mut url = Url::parse(&format!("{}/auth", self.issuer)).unwrap();
        let usual = [
            ("client_id", client),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("code_challenge", PKCE.1),
            ("code_challenge_method", "S256"),
            ("login_hint", customer),
        ];
        url.query_pairs_mut().extend_pairs(usual).extend_pairs(wanted);
        let mut cookies = BTreeMap::new();
        for _ in 0..10 {
            let cookie: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = self.http.get(url.clone()).header(COOKIE, cookie.join("; ")).send().await.unwrap();
            for set in answer.headers().get_all(SET_COOKIE) {
                let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            url = url.join(&location(answer).await).unwrap();
            if url.as_str().starts_with(REDIRECT) {
                let code = url.query_pairs().find(|(name, _)| name == "code").expect("a code").1;
                return code.into_owned();
            }
        }
        panic!("it goes round in circles: {url}");
    }

    async fn tokens(&self, client: &str, form: &[(&str, &str)]) -> Value {
        let mut body = Url::parse("form:").unwrap();
        body.query_pairs_mut().append_pair("client_id", client).extend_pairs(form);
        let request = self.http.post(format!("{}/token", self.issuer)).body(body.query().unwrap().to_owned());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }
}

async fn location(answer: Response) -> String {
    let status = answer.status();
    match answer.headers().get(LOCATION).map(|location| location.to_str().unwrap().to_owned()) {
        Some(location) if status.is_redirection() => location,
        _ => panic!("{status} leads nowhere: {}", answer.text().await.unwrap()),
    }
}

fn package() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).filter(|folder| folder.ends_with("node_modules/.bin"));
    folders.map(|folder| folder.with_file_name("oidc-provider")).find(|package| package.is_dir())
}
