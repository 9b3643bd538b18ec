/**
 * The provisioning service: who gets which certificate, and what brokers are told. One class per
 * verb ({@link io.mintmark.provisioning.Enroller}, {@link io.mintmark.provisioning.Renewer}, {@link
 * io.mintmark.provisioning.Revoker}, ...), wired by {@link io.mintmark.provisioning.Provisioning}.
 *
 * <p>Parameters and results are never null unless a method says so.
 */
package io.mintmark.provisioning;
