/** Asks a service of the operator's, over HTTPS, to decide. */
package io.mintmark.provisioning.webhook;
