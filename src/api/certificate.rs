//! Who is calling: the client certificate of the connection (RFC 5280), if it has one.
//!
//! 1. The listener has verified it against the configured authorities, and that the caller has its key; it reads from it
//!    what it says ([`Certificate`]) and lets handlers run in a [`scope`].
//! 2. [`Bindings`] say whose it is: by its subject, its names, its fingerprint. One who is bound to a certificate can call
//!    with that alone: a stolen token or credential is worth nothing without the certificate's key.
//! 3. A certificate that no binding fits says no more than that an authority issued it.

use chrono::{DateTime, Utc};
use std::fmt;
use std::future::Future;
use std::sync::Arc;

/// What a verified client certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The subject, as RFC 4514 writes it: `CN=corporate-web,O=Bank,C=MX`.
    pub subject: String,
    /// Subject alternative names that are DNS names, in lower case.
    pub dns: Vec<String>,
    /// Subject alternative names that are URIs.
    pub uris: Vec<String>,
    /// SHA-256 of the whole certificate.
    pub fingerprint: [u8; 32],
    /// When it expires.
    pub expires: DateTime<Utc>,
}

/// What a certificate must have: everything that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// [`Certificate::subject`]
    pub subject: Option<String>,
    /// One of [`Certificate::dns`].
    pub dns: Option<String>,
    /// One of [`Certificate::uris`].
    pub uri: Option<String>,
    /// [`Certificate::fingerprint`]
    pub fingerprint: Option<[u8; 32]>,
}

impl Pattern {
    fn fits(&self, certificate: &Certificate) -> bool {
        let Self { subject, dns, uri, fingerprint } = self;
        *self != Self::default()
            && subject.as_ref().is_none_or(|subject| *subject == certificate.subject)
            && dns.as_ref().is_none_or(|dns| certificate.dns.contains(dns))
            && uri.as_ref().is_none_or(|uri| certificate.uris.contains(uri))
            && fingerprint.is_none_or(|fingerprint| fingerprint == certificate.fingerprint)
    }
}

/// Whose certificates they are.
#[derive(Clone, Debug)]
pub struct Bindings<T>(Vec<(Pattern, T)>);

/// What a connection proves of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It has the certificate of the one it speaks for.
    Certified,
    /// That one is not bound to a certificate.
    Unbound,
}

/// Why a caller is not who the call says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The connection has a certificate that is another's.
    Others,
    /// The one it speaks for calls with a certificate, and this connection has none of theirs.
    Missing,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Others => "the client certificate is another's",
            Self::Missing => "the caller is bound to a client certificate, and the connection has none that is theirs",
        })
    }
}

impl<T> Default for Bindings<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Bindings<T> {
    /// The first pattern that fits decides.
    pub fn new(bindings: Vec<(Pattern, T)>) -> Self {
        Self(bindings)
    }

    /// Whose certificate this is.
    pub fn holder(&self, certificate: Option<&Certificate>) -> Option<&T> {
        let certificate = certificate?;
        self.0.iter().find(|(pattern, _)| pattern.fits(certificate)).map(|(_, holder)| holder)
    }

    /// Whether a connection with this certificate, or none, may speak for `who`.
    pub fn check(&self, certificate: Option<&Certificate>, who: &T) -> Result<Proof, Mismatch> {
        match self.holder(certificate) {
            Some(holder) if holder == who => Ok(Proof::Certified),
            Some(_) => Err(Mismatch::Others),
            None if self.0.iter().any(|(_, bound)| bound == who) => Err(Mismatch::Missing),
            None => Ok(Proof::Unbound),
        }
    }
}

tokio::task_local! {
    static CERTIFICATE: Option<Arc<Certificate>>;
}

/// Runs the work of one request that came with this certificate, or none.
pub fn scope<F: Future>(certificate: Option<Arc<Certificate>>, work: F) -> impl Future<Output = F::Output> {
    CERTIFICATE.scope(certificate, work)
}

/// The certificate of the request in hand.
pub(super) fn current() -> Option<Arc<Certificate>> {
    CERTIFICATE.try_with(Clone::clone).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate() -> Certificate {
        Certificate {
            subject: "CN=corporate-web,O=Bank".into(),
            dns: vec!["a.bank.example".into(), "b.bank.example".into()],
            uris: vec!["spiffe://bank.example/corporate-web".into()],
            fingerprint: [7; 32],
            expires: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn everything_that_is_given_must_fit() {
        let subject = Some("CN=corporate-web,O=Bank".to_owned());
        let fits = |pattern: Pattern| pattern.fits(&certificate());
        assert!(!fits(Pattern::default()), "nothing fits nothing");
        assert!(fits(Pattern { subject: subject.clone(), ..Pattern::default() }));
        assert!(fits(Pattern { dns: Some("b.bank.example".into()), ..Pattern::default() }));
        assert!(fits(Pattern { uri: Some("spiffe://bank.example/corporate-web".into()), ..Pattern::default() }));
        assert!(fits(Pattern { fingerprint: Some([7; 32]), subject: subject.clone(), ..Pattern::default() }));
        assert!(!fits(Pattern { fingerprint: Some([8; 32]), subject, ..Pattern::default() }));
        assert!(!fits(Pattern { subject: Some("CN=corporate-web".into()), ..Pattern::default() }));
    }

    #[test]
    fn one_who_is_bound_needs_the_certificate_and_it_is_nobody_else_s() {
        let web = Pattern { dns: Some("a.bank.example".into()), ..Pattern::default() };
        let other = Pattern { dns: Some("c.bank.example".into()), ..Pattern::default() };
        let bindings = Bindings::new(vec![(web, "web"), (other, "other")]);
        let own = certificate();
        let strange = Certificate { dns: vec!["z".into()], ..certificate() };
        assert_eq!(bindings.check(Some(&own), &"web"), Ok(Proof::Certified));
        assert_eq!(bindings.check(Some(&own), &"other"), Err(Mismatch::Others));
        assert_eq!(bindings.check(Some(&own), &"unbound"), Err(Mismatch::Others));
        for certificate in [None, Some(&strange)] {
            assert_eq!(bindings.check(certificate, &"web"), Err(Mismatch::Missing));
            assert_eq!(bindings.check(certificate, &"unbound"), Ok(Proof::Unbound));
        }
    }

    #[tokio::test]
    async fn a_request_has_the_certificate_of_its_connection_and_no_other() {
        assert_eq!(current(), None);
        let own = Some(Arc::new(certificate()));
        assert_eq!(scope(own.clone(), async { current() }).await, own);
        assert_eq!(scope(None, async { current() }).await, None);
    }
}
