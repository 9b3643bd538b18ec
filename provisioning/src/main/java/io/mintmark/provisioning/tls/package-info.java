/** TLS connections that tell their channel bindings, by BouncyCastle. */
package io.mintmark.provisioning.tls;
