//! Checking the server's certificate, as far as the address asks for it.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::Arc;

/// The certificates that vouch for the server.
#[derive(Debug)]
pub(super) struct Trusted {
    pub store: RootCertStore,
    pub certificates: Vec<CertificateDer<'static>>,
}

/// What is checked of a server's certificate.
#[derive(Debug)]
pub(super) enum Check {
    Nothing,
    /// A certificate issued by one of these authorities.
    Issuer(Trusted),
    /// A certificate issued by one of these authorities that names the host.
    IssuerAndName(Trusted),
}

#[derive(Debug)]
pub(super) struct Verifier {
    check: Check,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    pub(super) fn new(check: Check, provider: Arc<CryptoProvider>) -> Self {
        Self { check, provider }
    }

    fn check_issuer(
        &self,
        trusted: &Trusted,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        // A server's own certificate, named as the root, vouches for itself.
        if trusted.certificates.iter().any(|root| root == certificate) {
            return Ok(());
        }
        let algorithms = self.provider.signature_verification_algorithms.all;
        let parsed = ParsedCertificate::try_from(certificate)?;
        verify_server_cert_signed_by_trust_anchor(&parsed, &trusted.store, intermediates, now, algorithms)
    }

    /// Where nothing is asked of a certificate, one that cannot be read is no obstacle.
    fn judged(&self, outcome: Result<HandshakeSignatureValid, Error>) -> Result<HandshakeSignatureValid, Error> {
        match (&self.check, outcome) {
            (
                Check::Nothing,
                Err(Error::InvalidCertificate(CertificateError::BadEncoding | CertificateError::Other(_))),
            ) => Ok(HandshakeSignatureValid::assertion()),
            (_, outcome) => outcome,
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.check {
            Check::Nothing => {}
            Check::Issuer(trusted) => self.check_issuer(trusted, certificate, intermediates, now)?,
            Check::IssuerAndName(trusted) => {
                self.check_issuer(trusted, certificate, intermediates, now)?;
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        self.judged(verify_tls12_signature(message, certificate, signature, algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        self.judged(verify_tls13_signature(message, certificate, signature, algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
