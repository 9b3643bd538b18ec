/**
 * The messages of OCSP (RFC 6960): reading requests, building and signing answers. BouncyCastle's
 * ASN.1, JCA's signatures; what the answers say is decided elsewhere.
 */
package io.mintmark.provisioning.ocsp;
