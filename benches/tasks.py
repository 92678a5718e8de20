"""The dumps, tasks and sets of columns of docs/results.md, which the scripts beside this one share.

The environment's GRAF_DATA names a folder with `data`, the dumps, which are public, and for results.py
`reference/sklearn_tau.csv`.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ["GRAF_DATA"])

SETS = {
    "GRAF": "graf",
    "ZCP": "proxies",
    "ZCP+GRAF": "proxies,graf",
    "onehot": "one-hot",
    "flops+params": "column:flops,column:params",
    "GRAF+fp": "graf,column:flops,column:params",
}

NB201 = ["nasbench201/nb201_valid_nets.csv", "--space", "nasbench201"]
PROXIES = ["--join", "nasbench201/nb201_zc_proxies.csv"]
IMAGENET = "nasbench201/nb201_ImageNet16-120_{}.csv"
# In the files of TransNAS-Bench-101 epe_nas has no value in any row.
PROXIES_TNB = "fisher,flops,grad_norm,grasp,jacov,l2_norm,nwot,params,plain,snip"
MICRO_JSON = "transbench101/zc_transbench101_micro_711.json"
MICRO = [
    MICRO_JSON, "--space", "transbench101-micro", "--drop-unreachable", "--proxies", PROXIES_TNB,
]
MACRO_JSON = "transbench101/zc_transbench101_macro_662.json"
MACRO = [MACRO_JSON, "--space", "transbench101-macro", "--proxies", PROXIES_TNB]

# The proxies that both files of DARTS networks have.
PROXIES_301 = "epe_nas,fisher,flops,grad_norm,grasp,jacov,l2_norm,params,plain,snip,synflow"

TASKS = {
    "nb101/cifar10": ["nasbench101/zc_nasbench101_500.json", "--target", "val_accuracy"],
    "nb201/cifar10": [*NB201, *PROXIES, "--target", "val_accs"],
    "nb201/ImageNet16-120": [
        IMAGENET.format("valid_nets"), "--space", "nasbench201",
        "--join", IMAGENET.format("zc_proxies"), "--target", "val_accs",
    ],
    "nb201/hw:edgegpu_latency": [
        *NB201, *PROXIES, "--join", "nasbench201/hw_cifar10.csv", "--target", "edgegpu_latency",
    ],
    "nb201/hw:edgegpu_energy": [
        *NB201, *PROXIES, "--join", "nasbench201/hw_cifar10.csv", "--target", "edgegpu_energy",
    ],
    "nb201/rob:fgsm@Linf_eps-1.0": [
        *NB201, *PROXIES, "--join", "nasbench201/robustness_targets.csv",
        "--target", "fgsm@Linf_eps-1.0",
    ],
    "nb301/cifar10": [
        "nasbench301/zc_nasbench301_500.json", "nasbench301/zc_nasbench301_725.json",
        "--max-subset-size", "7", "--target", "val_accuracy", "--proxies", PROXIES_301,
    ],
    "tnb101_micro/class_scene": [*MICRO, "--task", "class_scene", "--target", "val_accuracy"],
    "tnb101_micro/autoencoder": [*MICRO, "--task", "autoencoder", "--target", "val_accuracy"],
    "tnb101_macro/class_scene": [*MACRO, "--task", "class_scene", "--target", "val_accuracy"],
    "tnb101_macro/autoencoder": [*MACRO, "--task", "autoencoder", "--target", "val_accuracy"],
    "tnb101_micro_csv/x": [
        "transbench101/tnb101_micro_valid_nets.csv", "--space", "transbench101-micro",
        "--target", "val_accs",
    ],
}
