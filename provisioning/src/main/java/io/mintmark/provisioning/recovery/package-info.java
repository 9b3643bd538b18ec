/**
 * A service whose registry is older than what it told: how that is noticed, what is closed
 * meanwhile, and how what brokers remember is taken in again.
 */
package io.mintmark.provisioning.recovery;
