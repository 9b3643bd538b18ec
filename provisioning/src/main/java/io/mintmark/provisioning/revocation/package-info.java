/**
 * Taking trust back: of one certificate, of one device, of many at once. What is done to many is a
 * {@link io.mintmark.provisioning.revocation.RevocationRun}, worked off in batches.
 */
package io.mintmark.provisioning.revocation;
