/**
 * Backups of a data folder in one file, made while its service runs or not, and putting one back.
 */
package io.mintmark.provisioning.backup;
