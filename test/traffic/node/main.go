// The part of a kubelet that carries `kubectl port-forward`: the real kubelet's own streaming server, in front of pods that are processes here.
// Usage: node ADDRESS PODS. PODS is a JSON file, {"namespace/pod": "address"}, read anew for each stream; its writer replaces it whole.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubelet/pkg/cri/streaming/portforward"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: node ADDRESS PODS")
	}
	routes := http.NewServeMux()
	serve := func(w http.ResponseWriter, req *http.Request) {
		options, err := portforward.NewV4Options(req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		pod := req.PathValue("namespace") + "/" + req.PathValue("pod")
		portforward.ServePortForward(w, req, forwarder{os.Args[2]}, pod, types.UID(req.PathValue("uid")), options,
			time.Hour, 30*time.Second, portforward.SupportedProtocols)
	}
	routes.HandleFunc("/portForward/{namespace}/{pod}", serve)
	routes.HandleFunc("/portForward/{namespace}/{pod}/{uid}", serve)
	server := &http.Server{Addr: os.Args[1], Handler: routes, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate()}}}
	log.Fatal(server.ListenAndServeTLS("", ""))
}

type forwarder struct{ pods string }

// As a container runtime does it: one connection to the pod per stream, both ways until one side ends.
func (f forwarder) PortForward(_ context.Context, pod string, _ types.UID, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	address, err := f.addressOf(pod)
	if err != nil {
		return err
	}
	conn, err := net.Dial("tcp", net.JoinHostPort(address, strconv.Itoa(int(port))))
	if err != nil {
		return fmt.Errorf("failed to connect to %s inside pod %s: %w", strconv.Itoa(int(port)), pod, err)
	}
	defer conn.Close()
	done := make(chan error, 2)
	go func() { _, err := io.Copy(conn, stream); done <- err }()
	go func() { _, err := io.Copy(stream, conn); done <- err }()
	return <-done
}

func (f forwarder) addressOf(pod string) (string, error) {
	text, err := os.ReadFile(f.pods)
	if err != nil {
		return "", err
	}
	addresses := map[string]string{}
	if err := json.Unmarshal(text, &addresses); err != nil {
		return "", err
	}
	address, ok := addresses[pod]
	if !ok {
		return "", fmt.Errorf("no pod %s runs here", pod)
	}
	return address, nil
}

// The API server asks for TLS and, told of no authority, takes any certificate.
func certificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "node"},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
	}
	text, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{text}, PrivateKey: key}
}
