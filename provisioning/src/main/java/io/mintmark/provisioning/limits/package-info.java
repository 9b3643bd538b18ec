/**
 * What one client, one fleet or all of them together may ask of the service: the figures, how they
 * are read, and the counting of rates. It knows nothing of HTTP.
 */
package io.mintmark.provisioning.limits;
