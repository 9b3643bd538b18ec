/**
 * The certification authority: profile, lint, signature. BouncyCastle builds the ASN.1; signatures
 * come from JCA with the providers in their installed order, so that a faster one put first is
 * used.
 */
package io.mintmark.provisioning.ca;
