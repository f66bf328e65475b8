// SPDX-License-Identifier: Apache-2.0

package main

import "github.com/cilium/cilium/pkg/option"

// letInNode: what the agent does on Kubernetes, for the kubelet's probes.
func letInNode() { option.Config.UnsafeDaemonConfigOption.AllowLocalhost = option.AllowLocalhostAlways }
