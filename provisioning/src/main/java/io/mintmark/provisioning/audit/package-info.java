/**
 * The audit log as something that can be checked: the hash that chains its rows, the checkpoints
 * signed over it, its form as JSON lines, and the check that finds what was done to it. It knows
 * neither SQL nor HTTP.
 */
package io.mintmark.provisioning.audit;
